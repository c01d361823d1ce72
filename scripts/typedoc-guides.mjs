// A plugin of typedoc: it gives each guide its title and its group on the site.
import { basename } from "node:path";
import { Converter, RendererEvent } from "typedoc";

/** The guides by group, file and title, in the order in which the site lists them. */
const GROUPS = {
  "Start here": {
    "getting-started": "Getting started",
    "in-your-account": "In your account",
    "from-the-notebook": "From the notebook",
    costs: "Costs and cleaning up",
  },
  Stages: {
    etl: "ETL",
    training: "Training",
    "training-progress": "Watching a training",
    endpoints: "Endpoints",
    handlers: "Handlers",
    workflow: "Workflows",
    monitoring: "Monitoring",
  },
  "How to": {
    "multi-class": "More classes",
    "ab-testing": "A/B tests",
    bulk: "Many images",
    alerts: "Alerts",
    testing: "Testing your workflow",
    deploying: "Deploying",
    examples: "Examples",
  },
  Reference: {
    errors: "Errors by code",
    "local-mode": "Local mode",
    architecture: "Architecture",
    dependencies: "Dependencies",
    benchmarks: "Benchmarks",
    CONTRIBUTING: "Contributing",
    CHANGELOG: "Changes",
    SECURITY: "Security",
  },
};

/** Called by typedoc. */
export function load(app) {
  const places = new Map();
  const order = Object.values(GROUPS).flatMap((files) => Object.keys(files));
  app.converter.on(Converter.EVENT_CREATE_DOCUMENT, (_context, document) => {
    const file = basename(document.name, ".md");
    const [group, files] = Object.entries(GROUPS).find(([, files]) => Object.hasOwn(files, file)) ?? [];
    if (files === undefined) {
      app.logger.error(`${document.name} stands in no group of scripts/typedoc-guides.mjs`);
      return;
    }
    document.frontmatter.group = group;
    document.name = files[file];
    places.set(document, order.indexOf(file));
  });
  const byPlace = (one, other) => (places.get(one) ?? 0) - (places.get(other) ?? 0);
  // After typedoc has sorted and grouped.
  app.renderer.on(RendererEvent.BEGIN, ({ project }) => {
    for (const { children } of project.groups ?? []) if (places.has(children[0])) children.sort(byPlace);
  });
}

/** The package's declarations are not where its manifest says. */
declare module "asl-validator" {
  /** Checks a definition; writes into it. */
  export default function validate(definition: object): {
    readonly isValid: boolean;
    readonly errors: readonly unknown[];
  };
}

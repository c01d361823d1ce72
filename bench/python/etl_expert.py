"""Bicycles and motorcycles of a CIFAR-100 archive as PNGs and manifests, as one would write it with care in Python.

etl_expert.py ARCHIVE DIRECTORY prints one line of JSON. Nothing is extracted to disk, only the wanted rows are copied.
"""
import json
import pathlib
import pickle
import resource
import sys
import tarfile

import numpy as np
from PIL import Image

archive, directory = sys.argv[1], pathlib.Path(sys.argv[2])
LABELS = {8: 0, 48: 1}


def write_split(split, batch):
    fine = np.array(batch[b"fine_labels"])
    rows = np.flatnonzero(np.isin(fine, list(LABELS)))
    pixels = batch[b"data"][rows].reshape(-1, 3, 32, 32).transpose(0, 2, 3, 1)
    folder = directory / split
    folder.mkdir(parents=True)
    lines = []
    for row, image in zip(rows, np.ascontiguousarray(pixels)):
        name = batch[b"filenames"][row].decode()
        Image.fromarray(image).save(folder / name)
        lines.append(f"{row}\t{LABELS[fine[row]]}\t{name}\n")
    (directory / f"{split}.lst").write_text("".join(lines))
    return len(lines)


images = 0
with tarfile.open(archive) as tar:
    for member in tar:
        split = member.name.rpartition("/")[2]
        if split in ("train", "test"):
            images += write_split(split, pickle.loads(tar.extractfile(member).read(), encoding="bytes"))
print(json.dumps({"images": images, "peakMiB": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024}))

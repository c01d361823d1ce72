"""Reads capture files as Python programs do: capture_readers.py notebook|streaming|pandas FOLDER.

notebook   every line parsed into one list, then the two fields picked out of it
streaming  line by line, the image cut out before the rest is parsed; keeps nothing but time and confidence
pandas     one data frame a file
"""
import json
import os
import resource
import sys

way, folder = sys.argv[1:3]
paths = [os.path.join(root, name) for root, _, names in os.walk(folder) for name in names if name.endswith(".jsonl")]
times, confidences = [], []


def keep(answer, time):
    confidences.append(max(json.loads(answer)))
    times.append(time)


if way == "notebook":
    records = []
    for path in paths:
        with open(path, encoding="utf-8") as lines:
            records.extend(json.loads(line) for line in lines)
    for record in records:
        keep(record["captureData"]["endpointOutput"]["data"], record["eventMetadata"]["inferenceTime"])
elif way == "streaming":
    output_key, metadata_key = b'"endpointOutput":', b'},"eventMetadata":'
    for path in paths:
        with open(path, "rb", buffering=1 << 20) as lines:
            for line in lines:
                output = line.rfind(output_key)
                metadata = line.find(metadata_key, output)
                if output > 0 and metadata > 0:
                    side = json.loads(b"{" + line[output:metadata] + b"}")
                    rest = json.loads(b"{" + line[metadata + 2:])
                    keep(side["endpointOutput"]["data"], rest["eventMetadata"]["inferenceTime"])
                else:
                    record = json.loads(line)
                    keep(record["captureData"]["endpointOutput"]["data"], record["eventMetadata"]["inferenceTime"])
elif way == "pandas":
    import pandas

    for path in paths:
        frame = pandas.read_json(path, lines=True)
        for data, metadata in zip(frame["captureData"], frame["eventMetadata"]):
            keep(data["endpointOutput"]["data"], metadata["inferenceTime"])

usage = resource.getrusage(resource.RUSAGE_SELF)


def peak_memory():
    """In kB. What the system says of a process at its end may be the memory of the one that started it."""
    try:
        with open("/proc/self/status") as status:
            return next(int(line.split()[1]) for line in status if line.startswith("VmHWM"))
    except OSError:
        return usage.ru_maxrss


print(json.dumps({
    "lines": len(confidences),
    "below": sum(value < 0.93 for value in confidences),
    "cpuSeconds": usage.ru_utime + usage.ru_stime,
    "peakMiB": peak_memory() / 1024,
}))

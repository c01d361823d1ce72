"""The local trainer's network and recipe in PyTorch: train_torch.py DATA SEED THREADS prints one line of JSON."""
import json
import math
import resource
import sys
import time

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn

path, seed, threads = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
torch.set_num_threads(threads)
torch.manual_seed(seed)

raw = np.fromfile(path, dtype=np.uint8)
n_train, n_test = (int(count) for count in raw[:8].view(np.uint32))


def read(start, count):
    labels = torch.from_numpy(raw[start:start + count].astype(np.int64))
    pixels = raw[start + count:start + count * 3073].reshape(count, 32, 32, 3)
    return torch.from_numpy(np.ascontiguousarray(pixels.transpose(0, 3, 1, 2))).float() / 255, labels


train_x, train_y = read(8, n_train)
test_x, test_y = read(8 + n_train * 3073, n_test)

start_wall, start_cpu = time.perf_counter(), time.process_time()
mean = train_x.mean((0, 2, 3), keepdim=True)
std = train_x.std((0, 2, 3), keepdim=True, unbiased=False)
train_x, test_x = (train_x - mean) / std, (test_x - mean) / std


class Block(nn.Module):
    def __init__(self, cin, cout, stride):
        super().__init__()
        self.conv1 = nn.Conv2d(cin, cout, 3, stride, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(cout)
        self.conv2 = nn.Conv2d(cout, cout, 3, 1, 1, bias=False)
        self.bn2 = nn.BatchNorm2d(cout)
        self.short = None
        if stride != 1 or cin != cout:
            self.short = nn.Sequential(nn.Conv2d(cin, cout, 1, stride, bias=False), nn.BatchNorm2d(cout))

    def forward(self, x):
        skip = x if self.short is None else self.short(x)
        return F.relu(self.bn2(self.conv2(F.relu(self.bn1(self.conv1(x))))) + skip)


class Net(nn.Module):
    def __init__(self, widths=(16, 16, 32), classes=2):
        super().__init__()
        self.stem = nn.Sequential(nn.Conv2d(3, widths[0], 4, 2, 1, bias=False), nn.BatchNorm2d(widths[0]), nn.ReLU())
        self.blocks = nn.Sequential(
            Block(widths[0], widths[0], 1), Block(widths[0], widths[1], 2), Block(widths[1], widths[2], 2))
        self.fc = nn.Linear(widths[2], classes)
        for module in self.modules():
            if isinstance(module, nn.Conv2d):
                nn.init.kaiming_normal_(module.weight, mode="fan_out", nonlinearity="relu")
        nn.init.normal_(self.fc.weight, 0, 0.01)
        nn.init.zeros_(self.fc.bias)

    def forward(self, x):
        return self.fc(self.blocks(self.stem(x)).mean((2, 3)))


net = Net()
decay = [p for p in net.parameters() if p.dim() > 1]
plain = [p for p in net.parameters() if p.dim() == 1]
optimizer = torch.optim.AdamW([{"params": decay, "weight_decay": 0.1}, {"params": plain, "weight_decay": 0.0}], lr=0.006)
epochs, batch = 30, 32
steps_per_epoch = n_train // batch
steps = epochs * steps_per_epoch
warm_up = max(1, round(steps * 0.2))


def rate(step):
    if step < warm_up:
        return 0.006 * (step + 1) / warm_up
    return 0.006 * (1 + math.cos(math.pi * (step - warm_up) / (steps - warm_up))) / 2


padded = F.pad(train_x, (4, 4, 4, 4), mode="reflect").permute(0, 2, 3, 1).contiguous()
pixels = torch.arange(32)


def crop_and_flip(chosen):
    """A random crop of each image, mirrored half of the time, in one look-up for the whole batch."""
    count = len(chosen)
    columns = torch.where(torch.rand(count, 1) < 0.5, 31 - pixels, pixels.expand(count, 32))
    y = (torch.randint(0, 9, (count, 1)) + pixels)[:, :, None]
    x = (torch.randint(0, 9, (count, 1)) + columns)[:, None, :]
    return padded[chosen[:, None, None], y, x].permute(0, 3, 1, 2).contiguous()


step = 0
for epoch in range(epochs):
    net.train()
    order = torch.randperm(n_train)
    for index in range(steps_per_epoch):
        chosen = order[index * batch:(index + 1) * batch]
        for group in optimizer.param_groups:
            group["lr"] = rate(step)
        optimizer.zero_grad(set_to_none=True)
        F.cross_entropy(net(crop_and_flip(chosen)), train_y[chosen], label_smoothing=0.1).backward()
        optimizer.step()
        step += 1
cpu, wall = time.process_time() - start_cpu, time.perf_counter() - start_wall

net.eval()
with torch.no_grad():
    answer = net(test_x).softmax(1) + net(test_x.flip(3)).softmax(1)
accuracy = (answer.argmax(1) == test_y).float().mean().item()
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
print(json.dumps({"accuracy": accuracy, "cpuSeconds": cpu, "wallSeconds": wall, "peakMiB": peak}))

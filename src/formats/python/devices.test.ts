import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { block, devices, edited, refused, scanned } from './source.fixture.ts';

function finds(title: string, rows: readonly (readonly [string, ...string[]])[]): void {
	describe(title, () => {
		for (const [source, ...expected] of rows)
			it(source.replaceAll('\n', ' ⏎ '), () => assert.deepEqual(devices(source), expected));
	});
}

finds('exact literals are devices', [
	['x = "cuda:1"', '"cuda:1"'],
	["x = 'cuda:12'", "'cuda:12'"],
	['x = r"cuda:1"', 'r"cuda:1"'],
	['x = """cuda:1"""', '"""cuda:1"""'],
	['x.to("cuda:1")', '"cuda:1"'],
	['def f(device="cuda:1"): pass', '"cuda:1"'],
	['p.add_argument("--device", default="cuda:1", help="cuda:1")', '"cuda:1"'],
	['x = "cuda:1" if ok else "cpu"', '"cuda:1"'],
	['x = y or "cuda:1"', '"cuda:1"'],
	['x = cfg.get("device", "cuda:1")', '"cuda:1"'],
	['x = ["cpu", "cuda:1"]', '"cuda:1"'],
	['x = {"device": "cuda:1"}', '"cuda:1"'],
	['for d in ["cuda:1"]: pass', '"cuda:1"'],
	['x = [d for d in ["cuda:1"]]', '"cuda:1"'],
	['return_value = ("cuda:1")', '"cuda:1"'],
	['def f():\n    return "cuda:1"', '"cuda:1"'],
	['m.cuda(1)', 'cuda(1)'],
	['m.cuda(1, non_blocking=True)', 'cuda(1, non_blocking=True)'],
	['m().cuda(device=1)', 'device=1'],
	['torch.cuda.set_device(1)', 'set_device(1)'],
	['import torch\ntorch.cuda.get_device_name(1)', 'get_device_name(1)'],
	['import torch\ntorch.device("cuda", 1)', 'device("cuda", 1)'],
	['from torch import device\ndevice("cuda", index=1)', 'index=1'],
	['import torch\ntorch.device(1)', 'device(1)'],
	['import torch\nwith torch.cuda.device(1): pass', 'device(1)'],
	['import cupy as cp\ncp.cuda.Device(1).use()', 'Device(1)'],
	['from numba import cuda\ncuda.select_device(1)', 'select_device(1)'],
	['import tensorflow as tf\nwith tf.device("/GPU:1"): pass', '"/GPU:1"'],
	['import paddle\npaddle.set_device("gpu:1")', '"gpu:1"'],
	['import mxnet as mx\nmx.gpu(1)', 'gpu(1)'],
	['load(device_map={"": 1})', 'device_map={"": 1}'],
	['load(device_map={"": "cuda:1"})', '"cuda:1"'],
	['load(device_map="cuda:1")', '"cuda:1"'],
	['device_map = {"": 1}\nimport torch', 'device_map = {"": 1}'],
	['from llama_cpp import Llama\nLlama(main_gpu=1)', 'main_gpu=1'],
	['from faster_whisper import WhisperModel\nWhisperModel("x", device="cuda", device_index=1)', 'device_index=1'],
	['from transformers import pipeline\npipeline("x", device=1)', 'device=1'],
	['import torch.nn as nn\nnn.DataParallel(m, device_ids=[1])', 'device_ids=[1]'],
	['import torch\nx.to(device=1)', 'device=1'],
	['import torch\nx.to(1)', 'to(1)'],
	['import torch\nx = torch.zeros(1).to(1)', 'to(1)'],
	['import torch\ntorch.cuda.Stream(1)', 'Stream(1)'],
	['from lightning import Trainer\nTrainer(accelerator="gpu", devices=[1])', 'devices=[1]'],
	['import pytorch_lightning as pl\npl.Trainer(gpus=[1])', 'gpus=[1]'],
]);

finds('numbers that count devices, move something else or stand elsewhere are none', [
	['import pytorch_lightning as pl\npl.Trainer(devices=1)'],
	['import pytorch_lightning as pl\npl.Trainer(devices="1")'],
	['import torch\nscreen(devices=[1])'],
	['x.to(1)'],
	['import torch, pint\npint.Quantity(1).to(1)'],
	['import torch\nx.to(1, 2)'],
	['import torch\nto(1)'],
	['import torch\nx.Stream(1)'],
]);

finds('several devices are found and never rewritten', [
	['import pytorch_lightning as pl\npl.Trainer(devices=[0, 1])', 'devices=[0, 1]!', 'devices=[0, 1]!'],
	['x = ["cuda:0", "cuda:1"]', '"cuda:0"!', '"cuda:1"!'],
	['load(device_map={"a": 0, "b": 1})', 'device_map={"a": 0, "b": 1}!', 'device_map={"a": 0, "b": 1}!'],
	['load(device_map={"a": "cuda:0", "b": "cuda:1"})', '"cuda:0"!', '"cuda:1"!'],
	['import torch.nn as nn\nnn.DataParallel(m, device_ids=[0, 1])', 'device_ids=[0, 1]!', 'device_ids=[0, 1]!'],
	['@parametrize("d", [("cuda:0", 1), ("cuda:1", 2)])\ndef f(): pass', '"cuda:0"!', '"cuda:1"!'],
	['device_map["a"] = "cuda:0"\ndevice_map["b"] = "cuda:1"', '"cuda:0"!', '"cuda:1"!'],
]);

finds('what is no device', [
	['"""cuda:1"""\nx = 1'],
	['def f():\n    "cuda:1"'],
	['x = 1  # cuda:1'],
	['print("cuda:1")'],
	['log.info("running on %s", "cuda:1")'],
	['raise ValueError("cuda:1")'],
	['assert d == "cuda:1"'],
	['self.assertEqual(str(d), "cuda:1")'],
	['if d == "cuda:1": pass'],
	['if "cuda:1" != d: pass'],
	['if "cuda:1" in names: pass'],
	['if d in ("cuda:1", "cpu"): pass'],
	['x = [d for d in ds if d not in ["cuda:1"]]'],
	['if d is "cuda:1": pass'],
	['d.startswith("cuda:1")'],
	['x = d.replace("cuda:1", "cuda:0")'],
	['x = f"cuda:1"'],
	['x = f"cuda:{n}"'],
	['x = b"cuda:1"'],
	['x = "on cuda:1"'],
	['x = "cuda:1 "'],
	['x = "cuda:01"'],
	['x = "cuda:" "1"'],
	['x = "cuda:1" ".5"'],
	['x = "cuda:1" + suffix'],
	['x = "cuda:1".upper()'],
	['x = memory["cuda:1"]'],
	['x = {"cuda:1": "24GiB"}'],
	['x = cfg.get("cuda:1")'],
	['x: Literal["cuda:1"] = y'],
	['match d:\n    case "cuda:1":\n        pass'],
	['p.add_argument("-d", choices=["cuda:0", "cuda:1"])'],
	['m.cuda(n)'],
	['m.cuda()'],
	['m.cuda(-1)'],
	['m.cuda(1 + n)'],
	['import pynvml\npynvml.nvmlDeviceGetHandleByIndex(1)  # cuda'],
	['run(["nvidia-smi", "-i", "1"])  # cuda'],
	['import torch\nimport sounddevice as sd\nsd.play(x, device=1)'],
	['import torch\nimport speech_recognition as sr\nsr.Microphone(device_index=1)'],
	['import torch\nimport cv2\ncv2.VideoCapture(device=1)'],
	['Microphone(device_index=1)  # cuda'],
	['import torch\ncamera.set_device(1)'],
	['def cuda(n=1): pass'],
	['def set_device(cuda=1): pass'],
	['foo(device=1)  # cuda'],
]);

describe('device literals', () => {
	it('are not looked for where the policy has no ordinal', () => {
		assert.deepEqual(devices('import torch\nx = "cuda:1"', { ordinals: false }), []);
	});

	it('change in their digits alone', () => {
		const source = 'import torch\nx = y.to( "cuda:1" ).cuda( 12 ) ; z = [\'cuda:3\']  # cuda:1\n';
		const after = edited(source, ({ scan }) => scan.devices.map((device) => ({ kind: 'set-ordinal', device, ordinal: 0 })));
		assert.equal(after.toString(), 'import torch\nx = y.to( "cuda:0" ).cuda( 0 ) ; z = [\'cuda:0\']  # cuda:1\n');
	});

	it('keep their bytes where one of them must not be rewritten', () => {
		const refusal = refused('x = ["cuda:0", "cuda:1"]', ({ scan }) => [
			block(),
			{ kind: 'set-ordinal', device: scan.devices[1] as never, ordinal: 0 },
		]);
		assert.equal(refusal.rule, 'device/map');
	});

	it('carry the ordinal and the span of its digits', () => {
		const found = scanned('x.to("cuda:13")');
		const [device] = found.scan.devices;
		assert.ok(device);
		assert.equal(device.ordinal, 13);
		assert.equal(found.text(device.ordinalSpan), '13');
	});
});

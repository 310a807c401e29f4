import type { DeviceLiteral } from '../../../core/ports/format.ts';
import { deviceLiteral, mayNameDevice } from '../device.ts';
import type { Script, Word } from './command.ts';

/** Programs whose arguments are text to show or to compare, not devices to use. */
const TEXT = new Set(
	'echo printf logger grep egrep fgrep rg sed awk test [ expr notify-send die log info warn error fail usage'.split(' '),
);
/** Programs whose arguments are images: `docker pull cuda:12`. There only the value of a device option is a device. */
const IMAGES = new Set('docker podman nerdctl buildah skopeo docker-compose kubectl helm ctr crictl kind minikube'.split(' '));

/** Exact `cuda:N` among the words of commands: an argument, `--device=cuda:N`, `DEVICE=cuda:N`. */
export function shellDevices(text: string, script: Script): DeviceLiteral[] {
	const found: DeviceLiteral[] = [];
	const add = (start: number, end: number): void => {
		const device = deviceLiteral(text, start, end);
		if (device !== null) found.push(device);
	};
	for (const { assignments, words } of script.commands) {
		const program = nameOf(words[0]);
		for (const { name, value } of assignments) {
			const { span } = value.fallback?.value ?? value;
			if (mayNameDevice(name)) add(span.start, span.end);
		}
		if (TEXT.has(program)) continue;
		words.slice(1).forEach((word, index) => {
			const option = nameOf(words[index]);
			if (word.assignment !== undefined) {
				const { name, value } = word.assignment;
				const { span } = value.fallback?.value ?? value;
				if (mayNameDevice(name)) add(span.start, span.end);
				return;
			}
			const joined = /^--?([A-Za-z0-9_-]+)=/.exec(text.slice(word.span.start, word.span.end));
			const flag = joined?.[1] ?? (option.startsWith('-') ? option : '');
			if (IMAGES.has(program) && !/device|gpu|cuda/i.test(flag)) return;
			if (flag !== '' && !mayNameDevice(flag)) return;
			add(word.span.start + (joined?.[0].length ?? 0), word.span.end);
		});
	}
	return found.sort((a, b) => a.span.start - b.span.start);
}

function nameOf(word: Word | undefined): string {
	if (word?.value.kind !== 'literal') return '';
	return word.value.text.slice(word.value.text.lastIndexOf('/') + 1);
}

import { type Node, type Operand, type Operator, parsePath, parseTemplate, type Step } from './parse.ts';

/** What a JSONPath template of kubectl makes of a value. A field that is not there prints as nothing, as in kubectl get. */
export function renderJsonPath(template: string, value: unknown): string {
	return print(parseTemplate(template), value);
}

/** Finds the values that a path leads to, which is written as for kubectl's columns: `.metadata.name`. */
export function pathFinder(path: string): (object: unknown) => readonly unknown[] {
	const steps = parsePath(path);
	return (object) => follow(steps, object);
}

function print(nodes: readonly Node[], value: unknown): string {
	return nodes
		.map((node) => {
			if (node.kind === 'text') return node.text;
			const found = follow(node.steps, value);
			return node.kind === 'range' ? found.map((one) => print(node.body, one)).join('') : found.map(text).join(' ');
		})
		.join('');
}

function text(value: unknown): string {
	return typeof value === 'object' && value !== null ? JSON.stringify(value) : value === null ? '' : String(value);
}

/** All values that a path leads to. */
function follow(steps: readonly Step[], value: unknown): readonly unknown[] {
	return steps.reduce<readonly unknown[]>((found, step) => found.flatMap((one) => next(step, one)), [value]);
}

function next(step: Step, value: unknown): readonly unknown[] {
	switch (step.kind) {
		case 'field':
			return member(value, step.name);
		case 'all':
			return children(value);
		case 'descend':
			return below(value);
		case 'union':
			return step.keys.flatMap((key) => (typeof key === 'number' ? element(value, key) : member(value, key)));
		case 'slice':
			return Array.isArray(value)
				? value.slice(step.from ?? 0, step.to ?? value.length).filter((_, index) => index % step.by === 0)
				: [];
		case 'filter':
			return children(value).filter((one) => holds(step, one));
	}
}

function member(value: unknown, name: string): readonly unknown[] {
	if (typeof value !== 'object' || value === null || Array.isArray(value) || !Object.hasOwn(value, name)) return [];
	return [(value as Readonly<Record<string, unknown>>)[name]];
}

function element(value: unknown, index: number): readonly unknown[] {
	const at = Array.isArray(value) ? (index < 0 ? value.length + index : index) : -1;
	return Array.isArray(value) && at >= 0 && at < value.length ? [value[at]] : [];
}

function children(value: unknown): readonly unknown[] {
	return typeof value === 'object' && value !== null ? Object.values(value) : [];
}

function below(value: unknown): readonly unknown[] {
	return [value, ...children(value).flatMap(below)];
}

function holds({ left, operator, right }: Extract<Step, { kind: 'filter' }>, value: unknown): boolean {
	const one = operand(left, value);
	if (operator === null || right === null) return one.length > 0;
	const other = operand(right, value);
	return one.length > 0 && other.length > 0 && compare(operator, one[0], other[0]);
}

function operand(side: Operand, value: unknown): readonly unknown[] {
	return side.kind === 'literal' ? [side.value] : follow(side.steps, value);
}

function compare(operator: Operator, one: unknown, other: unknown): boolean {
	if (operator === '==') return one === other;
	if (operator === '!=') return one !== other;
	const sameKind = typeof one === typeof other && (typeof one === 'number' || typeof one === 'string');
	if (!sameKind) return false;
	const [a, b] = [one as number, other as number];
	return operator === '<' ? a < b : operator === '<=' ? a <= b : operator === '>' ? a > b : a >= b;
}

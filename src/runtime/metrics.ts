/** Labels of one time series. */
export type Labels = Readonly<Record<string, string>>;

/** One value to be shown; histograms are shown as several. */
interface Sample {
	readonly suffix: string;
	readonly labels: Labels;
	readonly value: number;
}

interface Family {
	readonly name: string;
	readonly help: string;
	readonly type: 'counter' | 'gauge' | 'histogram';
	samples(): Iterable<Sample>;
}

/** What only grows. */
export interface Counter {
	add(labels?: Labels, by?: number): void;
}

/** A distribution over fixed bounds. */
export interface Histogram {
	observe(value: number, labels?: Labels): void;
}

/** Metrics of a process in Prometheus' text format 0.0.4: the few kinds that we need, and no more. */
export class Metrics {
	readonly #families: Family[] = [];

	counter(name: string, help: string): Counter {
		const series = new Map<string, { readonly labels: Labels; value: number }>();
		this.#families.push({
			name,
			help,
			type: 'counter',
			samples: () => Array.from(series.values(), (one) => ({ suffix: '', ...one })),
		});
		return {
			add: (labels = {}, by = 1) => {
				const key = JSON.stringify(labels);
				const one = series.get(key);
				if (one) one.value += by;
				else series.set(key, { labels, value: by });
			},
		};
	}

	/** A value that is read when it is asked for. */
	gauge(name: string, help: string, read: () => number | Iterable<{ readonly labels: Labels; readonly value: number }>): void {
		this.#families.push({
			name,
			help,
			type: 'gauge',
			samples: () => {
				const value = read();
				return typeof value === 'number'
					? [{ suffix: '', labels: {}, value }]
					: Array.from(value, (one) => ({ suffix: '', ...one }));
			},
		});
	}

	/** @param bounds upper bounds, rising */
	histogram(name: string, help: string, bounds: readonly number[]): Histogram {
		const series = new Map<string, { readonly labels: Labels; readonly counts: number[]; sum: number; count: number }>();
		this.#families.push({
			name,
			help,
			type: 'histogram',
			samples: () => [...series.values()].flatMap((one) => buckets(one, bounds)),
		});
		return {
			observe: (value, labels = {}) => {
				const key = JSON.stringify(labels);
				const one = series.get(key) ?? { labels, counts: bounds.map(() => 0), sum: 0, count: 0 };
				series.set(key, one);
				one.sum += value;
				one.count++;
				for (const [index, bound] of bounds.entries()) if (value <= bound) one.counts[index] = (one.counts[index] ?? 0) + 1;
			},
		};
	}

	/** Everything as text. */
	text(): string {
		return this.#families
			.map(({ name, help, type, samples }) => {
				const lines = [...samples()].map(
					({ suffix, labels, value }) => `${name}${suffix}${labelText(labels)} ${numberText(value)}\n`,
				);
				return `# HELP ${name} ${help.replaceAll('\\', '\\\\').replaceAll('\n', '\\n')}\n# TYPE ${name} ${type}\n${lines.join('')}`;
			})
			.join('');
	}
}

function buckets(
	{
		labels,
		counts,
		sum,
		count,
	}: { readonly labels: Labels; readonly counts: readonly number[]; readonly sum: number; readonly count: number },
	bounds: readonly number[],
): Sample[] {
	return [
		...bounds.map((bound, index) => ({
			suffix: '_bucket',
			labels: { ...labels, le: numberText(bound) },
			value: counts[index] ?? 0,
		})),
		{ suffix: '_bucket', labels: { ...labels, le: '+Inf' }, value: count },
		{ suffix: '_sum', labels, value: sum },
		{ suffix: '_count', labels, value: count },
	];
}

function labelText(labels: Labels): string {
	const pairs = Object.entries(labels).map(
		([name, value]) => `${name}="${value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')}"`,
	);
	return pairs.length === 0 ? '' : `{${pairs.join(',')}}`;
}

function numberText(value: number): string {
	if (Number.isFinite(value)) return String(value);
	return Number.isNaN(value) ? 'NaN' : value > 0 ? '+Inf' : '-Inf';
}

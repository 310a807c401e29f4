import type { Component } from '../cluster/component.ts';
import { readLines } from './lines.ts';
import { type PluginCall, type PluginScenario, writeScenario } from './scenario.ts';

/** A call that reached a scripted plugin; `request` is the JSON of its protobuf message. */
export interface JournalEntry {
	readonly call: PluginCall | 'ListAndWatch ended';
	// biome-ignore lint/suspicious/noExplicitAny: five messages, read by who knows which
	readonly request: any;
}

/** A scripted device plugin that runs. */
export class StubPlugin {
	/** To kill it, start it again, read its log. */
	readonly process: Component;
	readonly #scenario: string;
	readonly #journal: string;

	constructor(process: Component, scenario: string, journal: string) {
		this.process = process;
		this.#scenario = scenario;
		this.#journal = journal;
	}

	/** Plays another scenario, within some 10 ms. */
	play(scenario: PluginScenario): void {
		writeScenario(this.#scenario, scenario);
	}

	/** The calls that reached it, oldest first, over all its starts. */
	journal(): JournalEntry[] {
		return readLines(this.#journal);
	}
}

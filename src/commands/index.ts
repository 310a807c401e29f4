import Agent from './agent.ts';
import Check from './check.ts';
import Completion from './completion.ts';
import Controller from './controller.ts';
import Describe from './describe.ts';
import DevicePlugin from './device-plugin.ts';
import Explain from './explain.ts';
import Get from './get.ts';
import History from './history.ts';
import Init from './init.ts';
import Inventory from './inventory.ts';
import Plan from './plan.ts';
import Reconcile from './reconcile.ts';
import Resume from './resume.ts';
import Rollback from './rollback.ts';
import Validate from './validate.ts';
import Version from './version.ts';

/** Every command by its name, as oclif takes them: bundled, they load in a third of the time that one file each takes. */
export const commands = {
	agent: Agent,
	check: Check,
	controller: Controller,
	completion: Completion,
	describe: Describe,
	'device-plugin': DevicePlugin,
	explain: Explain,
	get: Get,
	history: History,
	init: Init,
	inventory: Inventory,
	plan: Plan,
	reconcile: Reconcile,
	resume: Resume,
	rollback: Rollback,
	validate: Validate,
	version: Version,
};

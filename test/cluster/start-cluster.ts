import { randomBytes } from 'node:crypto';
import { mkdtempSync, realpathSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AuditLog } from './audit.ts';
import { Component } from './component.ts';
import { argumentsOf, type Layout } from './components.ts';
import { installCrds } from './crds.ts';
import { createCredentials, type Identity, kubeconfig } from './credentials.ts';
import { compact } from './etcd.ts';
import { kubectl, type Ran } from './kubectl.ts';
import { kwokStages } from './kwok-stages.ts';
import type { ClusterOptions, ComponentName } from './options.ts';
import { freePort } from './ports.ts';
import { answers } from './probe.ts';
import { Supervised } from './processes/supervised.ts';
import { TcpProxy } from './proxy.ts';
import { type Answer, type RequestOptions, Requests } from './requests.ts';
import { toolPath } from './tools/build.ts';

/** A control plane of its own: real etcd, real API server, on free ports of the loopback address. */
export interface TestCluster {
	/** Of the API server, `https://127.0.0.1:PORT`. */
	readonly url: string;
	/** Temporary folder of everything that belongs to the cluster; removed at the end. */
	readonly folder: string;
	/** Path of the admin's kubeconfig (`system:masters`). */
	readonly kubeconfig: string;
	readonly audit: AuditLog;
	readonly components: Readonly<Partial<Record<ComponentName, Component>>> &
		Readonly<Record<'etcd' | 'kube-apiserver', Component>>;
	/** A plain request as the admin, or as somebody else. */
	request(method: string, path: string, body?: unknown, options?: RequestOptions): Promise<Answer>;
	/** kubectl as the admin, or with another kubeconfig. */
	kubectl(args: readonly string[], options?: { readonly input?: string; readonly kubeconfig?: string }): Promise<Ran>;
	/** A client certificate of any user; groups as RBAC sees them. */
	user(name: string, groups?: readonly string[]): Identity;
	/** Creates the service account where it is missing, and gives a token of it. */
	serviceAccount(namespace: string, name: string): Promise<Identity>;
	/** Writes a kubeconfig and gives its path; `url` to go through a proxy. Default: the admin. */
	kubeconfigFor(identity?: Identity, url?: string): string;
	/** Creates a namespace with a name of its own. */
	namespace(prefix?: string): Promise<string>;
	/** A TCP proxy in front of the API server. */
	proxy(): Promise<TcpProxy>;
	/** Compacts etcd up to now, so that watches from an older version get 410 Gone. */
	compact(): Promise<void>;
	/** Kills what was started, nothing else, and removes the folder. */
	stop(): Promise<void>;
}

/** Starts a cluster and resolves when it serves. It ends with `stop()`, and at the latest with this process, however that ends. */
export async function startCluster(options: ClusterOptions = {}): Promise<TestCluster> {
	const names: ComponentName[] = ['etcd', 'kube-apiserver', ...(options.components ?? [])];
	const programs = new Map<ComponentName, string>();
	for (const name of names) programs.set(name, await toolPath(name));

	for (let attempt = 1; ; attempt++) {
		const folder = realpathSync(mkdtempSync(join(tmpdir(), 'gpupolicy-cluster-')));
		const processes = new Supervised(folder);
		try {
			return await start(folder, processes, names, programs, options);
		} catch (error) {
			await processes.stop();
			// Between the choice of a port and its use another process may take it.
			if (attempt === 3 || !/address already in use/.test((error as Error).message)) throw error;
		}
	}
}

async function start(
	folder: string,
	processes: Supervised,
	names: readonly ComponentName[],
	programs: ReadonlyMap<ComponentName, string>,
	options: ClusterOptions,
): Promise<TestCluster> {
	const ports = {} as Record<ComponentName | 'etcd-peer', number>;
	for (const name of ['etcd', 'etcd-peer', 'kube-apiserver', 'kube-controller-manager', 'kube-scheduler', 'kwok'] as const) {
		ports[name] = await freePort();
	}
	const credentials = createCredentials(folder);
	const url = `https://127.0.0.1:${ports['kube-apiserver']}`;
	let written = 0;
	const kubeconfigFor = (identity: Identity = credentials.admin, through = url): string => {
		const path = join(folder, `kubeconfig-${written++}.json`);
		writeFileSync(path, kubeconfig(through, credentials.authority, identity), { mode: 0o600 });
		return path;
	};
	const layout: Layout = {
		folder,
		ports,
		credentials,
		kubeconfig: kubeconfigFor(),
		auditLog: join(folder, 'audit.log'),
		stages: names.includes('kwok') ? await kwokStages() : [],
	};
	const requests = new Requests(ports['kube-apiserver'], credentials);
	const isReady = (name: ComponentName): Promise<boolean> => {
		if (name === 'etcd') return answers(`http://127.0.0.1:${ports.etcd}/readyz`);
		if (name === 'kwok') return answers(`http://127.0.0.1:${ports.kwok}/healthz`);
		return answers(`https://127.0.0.1:${ports[name]}/${name === 'kube-apiserver' ? 'readyz' : 'healthz'}`);
	};
	const components = {} as Record<ComponentName, Component>;
	for (const name of names) {
		const command = programs.get(name) as string;
		const plan = { name, command, args: argumentsOf(name, layout, options), log: join(folder, `${name}.log`) };
		components[name] = new Component({ ...plan, isReady: () => isReady(name) }, processes);
	}

	await components.etcd.launch();
	await components['kube-apiserver'].start();
	if (options.crds !== false) await installCrds(requests);
	await Promise.all((options.components ?? []).map((name) => components[name].start()));

	const proxies: TcpProxy[] = [];
	const expect = async (sending: Promise<Answer>, ...allowed: number[]): Promise<Answer> => {
		const answer = await sending;
		if (!allowed.includes(answer.status)) throw new Error(`the API server answers ${answer.status}: ${answer.body?.message}`);
		return answer;
	};
	const createNamespace = (name: string): Promise<Answer> =>
		expect(requests.send('POST', '/api/v1/namespaces', { metadata: { name } }), 201, 409);
	return {
		url,
		folder,
		kubeconfig: layout.kubeconfig,
		audit: new AuditLog(layout.auditLog),
		components,
		kubeconfigFor,
		request: (method, path, body, choice) => requests.send(method, path, body, choice),
		kubectl: (args, choice = {}) => kubectl(choice.kubeconfig ?? layout.kubeconfig, folder, args, choice.input),
		user: (name, groups) => credentials.authority.client(name, groups),
		serviceAccount: async (namespace, name) => {
			await createNamespace(namespace);
			const path = `/api/v1/namespaces/${namespace}/serviceaccounts`;
			await expect(requests.send('POST', path, { metadata: { name } }), 201, 409);
			const answer = await expect(requests.send('POST', `${path}/${name}/token`, { spec: { expirationSeconds: 86_400 } }), 201);
			return { token: answer.body.status.token as string };
		},
		namespace: async (prefix = 'test') => {
			const name = `${prefix}-${randomBytes(4).toString('hex')}`;
			await createNamespace(name);
			return name;
		},
		proxy: async () => {
			const proxy = await TcpProxy.open(ports['kube-apiserver']);
			proxies.push(proxy);
			return proxy;
		},
		compact: () => compact(ports.etcd),
		stop: async () => {
			await Promise.all(proxies.map((proxy) => proxy.close()));
			requests.close();
			await processes.stop();
		},
	};
}

/** Where an API server is and how we prove who we are to it, as a kubeconfig or a pod says; file contents are read when they are used. */
export interface Account {
	/** For messages: the context of a kubeconfig, or `in-cluster`. */
	readonly context: string;
	/** Namespace of the context; of our own pod in a cluster. */
	readonly namespace: string | null;
	readonly server: URL;
	readonly tls: ServerTrust;
	/** `http://`, `https://` or `socks…://`; `null` for what HTTPS_PROXY and NO_PROXY say. */
	readonly proxyUrl: string | null;
	readonly user: UserCredentials;
}

/** How the server's certificate is checked. */
export interface ServerTrust {
	readonly ca: PemSource | null;
	/** Name to expect in the certificate instead of the host of the URL. */
	readonly serverName: string | null;
	readonly insecure: boolean;
}

/** PEM text, or the file that it is in; files are read again when they change. */
export type PemSource = { readonly kind: 'file'; readonly path: string } | { readonly kind: 'data'; readonly pem: Buffer };

/** Who a request comes from. A client certificate may stand beside a token. */
export interface UserCredentials {
	readonly certificate: { readonly cert: PemSource; readonly key: PemSource } | null;
	readonly bearer: BearerSource | null;
	/** `Impersonate-*` headers. */
	readonly impersonation: Readonly<Record<string, string | readonly string[]>>;
}

export type BearerSource =
	| { readonly kind: 'token'; readonly token: string }
	| { readonly kind: 'token-file'; readonly path: string }
	| { readonly kind: 'basic'; readonly username: string; readonly password: string }
	/** A credential plugin of `client.authentication.k8s.io`, as the kubeconfig has it. */
	| { readonly kind: 'exec'; readonly user: string; readonly exec: ExecPlugin }
	/** `auth-provider`, retired by Kubernetes: left to client-node whole. */
	| { readonly kind: 'auth-provider'; readonly user: string; readonly authProvider: unknown };

/** `users[].user.exec` of a kubeconfig. */
export interface ExecPlugin {
	readonly apiVersion?: string;
	readonly command: string;
	readonly args?: readonly string[];
	readonly env?: readonly { readonly name: string; readonly value: string }[];
	readonly provideClusterInfo?: boolean;
	readonly installHint?: string;
}

/** TLS options of a connection; the same object for as long as nothing in it changes, so that connections can be kept by it. */
export interface TlsIdentity {
	readonly ca: Buffer | undefined;
	readonly cert: Buffer | string | undefined;
	readonly key: Buffer | string | undefined;
	readonly servername: string | undefined;
	readonly rejectUnauthorized: boolean;
}

/** The API group of our kinds. */
export const apiGroup = 'gpupolicy.dev';

/** Group and version of our kinds, as `apiVersion` says it. */
export const apiVersion = 'gpupolicy.dev/v1alpha1';

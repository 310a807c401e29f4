/** The lease that whoever works on a cluster holds. */
export const leaseName = 'gpupolicy-controller';

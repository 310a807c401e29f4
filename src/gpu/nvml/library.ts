/**
 * Where NVML may be, best first: what the user named, then what the loader finds, then where drivers and container
 * runtimes put it. Windows drivers install nvml.dll into System32; older ones beside nvidia-smi.
 */
export function nvmlLibraries(
	platform: NodeJS.Platform,
	environment: Readonly<Record<string, string | undefined>>,
): readonly string[] {
	const named = environment['GPUPOLICY_NVML_LIBRARY'];
	if (named) return [named];
	if (platform === 'win32') {
		const system = environment['SystemRoot'] ?? 'C:\\Windows';
		const programs = environment['ProgramFiles'] ?? 'C:\\Program Files';
		return ['nvml.dll', `${system}\\System32\\nvml.dll`, `${programs}\\NVIDIA Corporation\\NVSMI\\nvml.dll`];
	}
	const file = 'libnvidia-ml.so.1';
	return [
		file,
		'/usr/lib/x86_64-linux-gnu',
		'/usr/lib/aarch64-linux-gnu',
		'/usr/lib64',
		'/usr/lib',
		'/usr/lib/wsl/lib',
		'/usr/local/nvidia/lib64',
		'/run/opengl-driver/lib',
		'/run/nvidia/driver/usr/lib/x86_64-linux-gnu',
		'/run/nvidia/driver/usr/lib64',
	].map((path) => (path === file ? file : `${path}/${file}`));
}

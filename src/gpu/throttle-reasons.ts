/** Bits of nvmlClocksEventReason* (nvml.h), with their names there; nvidia-smi prints the same in snake case. */
export const throttleReasons: readonly (readonly [bit: number, name: string, element: string])[] = [
	[0x1, 'GpuIdle', 'gpu_idle'],
	[0x2, 'ApplicationsClocksSetting', 'applications_clocks_setting'],
	[0x4, 'SwPowerCap', 'sw_power_cap'],
	[0x8, 'HwSlowdown', 'hw_slowdown'],
	[0x10, 'SyncBoost', 'sync_boost'],
	[0x20, 'SwThermalSlowdown', 'sw_thermal_slowdown'],
	[0x40, 'HwThermalSlowdown', 'hw_thermal_slowdown'],
	[0x80, 'HwPowerBrakeSlowdown', 'hw_power_brake_slowdown'],
	[0x100, 'DisplayClockSetting', 'display_clocks_setting'],
];

/*
 * A libnvidia-ml.so.1 that plays a scenario. It reads the file named by NVML_STUB_SCENARIO and reads it again whenever it
 * changes, so a test can pull a device out of a running process. The symbols, codes and struct layouts are those of nvml.h.
 *
 * A scenario has one statement a line; words are separated by tabs, so that names may hold spaces:
 *   driver <version> | cuda <number>
 *   device <uuid>                      starts a device; what follows is its own
 *   name <text> | bus <domain> <bus> <device> | pciid <hex> | memory <total> <used> <growth per call> | nomemory
 *   cc <major> <minor> | ecc <current> <uncorrected> | throttle <bits> | mig <current> | child <uuid> <name> <memory>
 *   process <pid> <bytes or -1> <C or G> <name> | xid <code> | noevents | noprocesses
 *   fault <function or *> <device index or -1> <skip first n calls> <for n calls, -1 always> <code> <microseconds to wait>
 * ecc, throttle and mig that are absent are NOT_SUPPORTED. A fault of code 0 only waits. Each call and each fault is counted
 * per process. With NVML_STUB_LOG every fault that strikes is appended to that file.
 *
 * Compile with -DOMIT_<function> to leave a symbol out, as an older driver does.
 */
#define _GNU_SOURCE
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define SUCCESS 0
#define UNINITIALIZED 1
#define INVALID_ARGUMENT 2
#define NOT_SUPPORTED 3
#define NOT_FOUND 6
#define INSUFFICIENT_SIZE 7
#define TIMEOUT 10
#define GPU_IS_LOST 15
#define ARGUMENT_VERSION_MISMATCH 25

#define MAX_DEVICES 64
#define MAX_CHILDREN 8
#define MAX_PROCESSES 512
#define MAX_XIDS 2048
#define MAX_FAULTS 64
#define MAX_HANDLES 256

typedef struct { char uuid[96]; char name[160]; long long memory; } Child;
typedef struct { unsigned pid; long long used; char kind; char name[160]; } Process;
typedef struct {
	char uuid[96], name[160];
	unsigned domain, bus, slot, pciid;
	long long total, used, growth;
	int has_memory, cc_major, cc_minor, ecc, mig, has_throttle, events, lists_processes;
	unsigned long long uncorrected, throttle;
	Child children[MAX_CHILDREN]; int child_count;
	Process processes[MAX_PROCESSES]; int process_count;
	int xids[MAX_XIDS]; int xid_count;
} Device;
typedef struct { char function[64]; int device; long skip, times; int code; long wait; } Fault;

static Device devices[MAX_DEVICES];
static int device_count;
static Fault faults[MAX_FAULTS];
static int fault_count;
static char driver[80] = "0.0";
static int cuda = 12000;
static struct timespec read_at;
static ino_t read_inode;
static int initialized;

/* A handle is the address of a slot that remembers a UUID, so it stays what it is while the scenario changes. */
typedef struct { char uuid[96]; int listening, delivered; long memory_calls; } Slot;
static Slot slots[MAX_HANDLES];
static int event_set;

static Slot *slot_of(const char *uuid) {
	for (int i = 0; i < MAX_HANDLES; i++) {
		if (slots[i].uuid[0] == 0) strncpy(slots[i].uuid, uuid, sizeof slots[i].uuid - 1);
		if (strcmp(slots[i].uuid, uuid) == 0) return &slots[i];
	}
	return NULL;
}

static void copy(char *to, size_t size, const char *from) { snprintf(to, size, "%s", from ? from : ""); }
static char *word(char **rest) { char *w = strsep(rest, "\t\n"); return w ? w : ""; }
static long long number(char **rest) { return strtoll(word(rest), NULL, 0); }

static void parse(char *line) {
	char *rest = line;
	const char *what = word(&rest);
	Device *d = device_count > 0 ? &devices[device_count - 1] : NULL;
	if (!strcmp(what, "driver")) copy(driver, sizeof driver, word(&rest));
	else if (!strcmp(what, "cuda")) cuda = (int)number(&rest);
	else if (!strcmp(what, "fault") && fault_count < MAX_FAULTS) {
		Fault *f = &faults[fault_count++];
		copy(f->function, sizeof f->function, word(&rest));
		f->device = (int)number(&rest); f->skip = number(&rest); f->times = number(&rest);
		f->code = (int)number(&rest); f->wait = number(&rest);
	} else if (!strcmp(what, "device") && device_count < MAX_DEVICES) {
		d = &devices[device_count++];
		/* Lists are not touched where nothing is in them: they would be the most of what a small process has in memory. */
		memset(d, 0, offsetof(Device, children));
		d->child_count = d->process_count = d->xid_count = 0;
		copy(d->uuid, sizeof d->uuid, word(&rest));
		d->ecc = d->mig = -1; d->has_memory = d->events = d->lists_processes = 1;
	} else if (!d) return;
	else if (!strcmp(what, "name")) copy(d->name, sizeof d->name, word(&rest));
	else if (!strcmp(what, "bus")) { d->domain = number(&rest); d->bus = number(&rest); d->slot = number(&rest); }
	else if (!strcmp(what, "pciid")) d->pciid = (unsigned)number(&rest);
	else if (!strcmp(what, "memory")) { d->total = number(&rest); d->used = number(&rest); d->growth = number(&rest); }
	else if (!strcmp(what, "nomemory")) d->has_memory = 0;
	else if (!strcmp(what, "cc")) { d->cc_major = number(&rest); d->cc_minor = number(&rest); }
	else if (!strcmp(what, "ecc")) { d->ecc = number(&rest); d->uncorrected = number(&rest); }
	else if (!strcmp(what, "throttle")) { d->has_throttle = 1; d->throttle = number(&rest); }
	else if (!strcmp(what, "mig")) d->mig = number(&rest);
	else if (!strcmp(what, "noevents")) d->events = 0;
	else if (!strcmp(what, "noprocesses")) d->lists_processes = 0;
	else if (!strcmp(what, "xid") && d->xid_count < MAX_XIDS) d->xids[d->xid_count++] = number(&rest);
	else if (!strcmp(what, "child") && d->child_count < MAX_CHILDREN) {
		Child *c = &d->children[d->child_count++];
		copy(c->uuid, sizeof c->uuid, word(&rest)); copy(c->name, sizeof c->name, word(&rest)); c->memory = number(&rest);
	} else if (!strcmp(what, "process") && d->process_count < MAX_PROCESSES) {
		Process *p = &d->processes[d->process_count++];
		p->pid = number(&rest); p->used = number(&rest); p->kind = word(&rest)[0]; copy(p->name, sizeof p->name, word(&rest));
	}
}

static void refresh(void) {
	const char *path = getenv("NVML_STUB_SCENARIO");
	struct stat now;
	if (!path || stat(path, &now) != 0) return;
	if (now.st_ino == read_inode && now.st_mtim.tv_sec == read_at.tv_sec && now.st_mtim.tv_nsec == read_at.tv_nsec) return;
	FILE *file = fopen(path, "r");
	if (!file) return;
	read_at = now.st_mtim; read_inode = now.st_ino;
	device_count = fault_count = 0;
	char line[1024];
	while (fgets(line, sizeof line, file)) parse(line);
	fclose(file);
}

static int index_of(const void *handle) {
	const Slot *slot = handle;
	for (int i = 0; slot && i < device_count; i++) {
		if (!strcmp(devices[i].uuid, slot->uuid)) return i;
		for (int c = 0; c < devices[i].child_count; c++) if (!strcmp(devices[i].children[c].uuid, slot->uuid)) return i;
	}
	return -1;
}

static void log_fault(const char *function) {
	const char *path = getenv("NVML_STUB_LOG");
	FILE *file = path ? fopen(path, "a") : NULL;
	if (!file) return;
	fprintf(file, "%s\n", function);
	fclose(file);
}

/* Counts the call and lets a fault strike; the code of the fault, or 0. */
static int enter(const char *function, int device, long *calls) {
	refresh();
	long call = (*calls)++;
	for (int i = 0; i < fault_count; i++) {
		Fault *f = &faults[i];
		if (strcmp(f->function, "*") && strcmp(f->function, function)) continue;
		if (f->device >= 0 && f->device != device) continue;
		if (call < f->skip || (f->times >= 0 && call >= f->skip + f->times)) continue;
		log_fault(function);
		/* usleep may be interrupted; the remaining time is slept again so that a hang is a hang. */
		struct timespec left = { f->wait / 1000000, (f->wait % 1000000) * 1000 };
		while (f->wait > 0 && nanosleep(&left, &left) != 0) {}
		if (f->code) return f->code;
	}
	return SUCCESS;
}

#define ENTER(device) \
	static long calls; \
	{ int fault = enter(__func__, device, &calls); if (fault) return fault; if (!initialized) return UNINITIALIZED; }
/* As ENTER, for a call on a device; a device that left the scenario is lost. */
#define ENTER_DEVICE(handle) \
	refresh(); \
	int at = index_of(handle); \
	ENTER(at) \
	if (!handle) return INVALID_ARGUMENT; \
	if (at < 0) return GPU_IS_LOST; \
	Device *d = &devices[at]; (void)d;

static const Child *child_of(const Device *d, const void *handle) {
	for (int c = 0; c < d->child_count; c++) if (!strcmp(d->children[c].uuid, ((const Slot *)handle)->uuid)) return &d->children[c];
	return NULL;
}

static int put(char *to, unsigned size, const char *text) {
	if (strlen(text) + 1 > size) return INSUFFICIENT_SIZE;
	strcpy(to, text);
	return SUCCESS;
}

#ifndef OMIT_nvmlInit_v2
int nvmlInit_v2(void) {
	static long calls;
	int fault = enter(__func__, -1, &calls);
	if (!fault) initialized++;
	return fault;
}
#endif
#ifndef OMIT_nvmlShutdown
int nvmlShutdown(void) { ENTER(-1) initialized--; event_set = 0; for (int i = 0; i < MAX_HANDLES; i++) slots[i].listening = 0; return SUCCESS; }
#endif
#ifndef OMIT_nvmlSystemGetDriverVersion
int nvmlSystemGetDriverVersion(char *text, unsigned size) { ENTER(-1) return put(text, size, driver); }
#endif
#ifndef OMIT_nvmlSystemGetCudaDriverVersion_v2
int nvmlSystemGetCudaDriverVersion_v2(int *version) { ENTER(-1) *version = cuda; return SUCCESS; }
#endif
#ifndef OMIT_nvmlSystemGetProcessName
int nvmlSystemGetProcessName(unsigned pid, char *name, unsigned size) {
	ENTER(-1)
	for (int i = 0; i < device_count; i++)
		for (int p = 0; p < devices[i].process_count; p++)
			if (devices[i].processes[p].pid == pid) return put(name, size, devices[i].processes[p].name);
	return NOT_FOUND;
}
#endif
#ifndef OMIT_nvmlDeviceGetCount_v2
int nvmlDeviceGetCount_v2(unsigned *count) { ENTER(-1) *count = device_count; return SUCCESS; }
#endif
#ifndef OMIT_nvmlDeviceGetHandleByIndex_v2
int nvmlDeviceGetHandleByIndex_v2(unsigned index, void **handle) {
	ENTER((int)index)
	if ((int)index >= device_count) return INVALID_ARGUMENT;
	*handle = slot_of(devices[index].uuid);
	return SUCCESS;
}
#endif
#ifndef OMIT_nvmlDeviceGetUUID
int nvmlDeviceGetUUID(void *handle, char *uuid, unsigned size) { ENTER_DEVICE(handle) return put(uuid, size, ((Slot *)handle)->uuid); }
#endif
#ifndef OMIT_nvmlDeviceGetName
int nvmlDeviceGetName(void *handle, char *name, unsigned size) {
	ENTER_DEVICE(handle)
	const Child *child = child_of(d, handle);
	return put(name, size, child ? child->name : d->name);
}
#endif
#ifndef OMIT_nvmlDeviceGetPciInfo_v3
typedef struct { char legacy[16]; unsigned domain, bus, device, id, subsystem; char bus_id[32]; } PciInfo;
int nvmlDeviceGetPciInfo_v3(void *handle, PciInfo *pci) {
	ENTER_DEVICE(handle)
	memset(pci, 0, sizeof *pci);
	pci->domain = d->domain; pci->bus = d->bus; pci->device = d->slot; pci->id = d->pciid;
	snprintf(pci->bus_id, sizeof pci->bus_id, "%08X:%02X:%02X.0", d->domain, d->bus, d->slot);
	return SUCCESS;
}
#endif
#ifndef OMIT_nvmlDeviceGetCudaComputeCapability
int nvmlDeviceGetCudaComputeCapability(void *handle, int *major, int *minor) {
	ENTER_DEVICE(handle)
	*major = d->cc_major; *minor = d->cc_minor;
	return SUCCESS;
}
#endif

static long long used_now(const Device *d, void *handle) { return d->used + d->growth * ((Slot *)handle)->memory_calls++; }

#ifndef OMIT_nvmlDeviceGetMemoryInfo_v2
typedef struct { unsigned version; unsigned long long total, reserved, free, used; } MemoryV2;
int nvmlDeviceGetMemoryInfo_v2(void *handle, MemoryV2 *memory) {
	ENTER_DEVICE(handle)
	if (memory->version != (sizeof *memory | 2u << 24)) return ARGUMENT_VERSION_MISMATCH;
	if (!d->has_memory) return NOT_SUPPORTED;
	const Child *child = child_of(d, handle);
	memory->total = child ? child->memory : d->total;
	memory->used = child ? 0 : used_now(d, handle);
	memory->reserved = 0; memory->free = memory->total - memory->used;
	return SUCCESS;
}
#endif
#ifndef OMIT_nvmlDeviceGetMemoryInfo
typedef struct { unsigned long long total, free, used; } Memory;
int nvmlDeviceGetMemoryInfo(void *handle, Memory *memory) {
	ENTER_DEVICE(handle)
	if (!d->has_memory) return NOT_SUPPORTED;
	const Child *child = child_of(d, handle);
	memory->total = child ? child->memory : d->total;
	memory->used = child ? 0 : used_now(d, handle);
	memory->free = memory->total - memory->used;
	return SUCCESS;
}
#endif
#ifndef OMIT_nvmlDeviceGetMigMode
int nvmlDeviceGetMigMode(void *handle, unsigned *current, unsigned *pending) {
	ENTER_DEVICE(handle)
	if (d->mig < 0) return NOT_SUPPORTED;
	*current = *pending = d->mig;
	return SUCCESS;
}
#endif
#ifndef OMIT_nvmlDeviceGetMaxMigDeviceCount
int nvmlDeviceGetMaxMigDeviceCount(void *handle, unsigned *count) { ENTER_DEVICE(handle) *count = d->mig < 0 ? 0 : 2 * MAX_CHILDREN; return SUCCESS; }
#endif
#ifndef OMIT_nvmlDeviceGetMigDeviceHandleByIndex
/* Every second slot is empty: MIG slots are sparse. */
int nvmlDeviceGetMigDeviceHandleByIndex(void *handle, unsigned index, void **child) {
	ENTER_DEVICE(handle)
	if (index % 2 != 1 || (int)index / 2 >= d->child_count) return NOT_FOUND;
	*child = slot_of(d->children[index / 2].uuid);
	return SUCCESS;
}
#endif
#ifndef OMIT_nvmlDeviceGetEccMode
int nvmlDeviceGetEccMode(void *handle, unsigned *current, unsigned *pending) {
	ENTER_DEVICE(handle)
	if (d->ecc < 0) return NOT_SUPPORTED;
	*current = *pending = d->ecc;
	return SUCCESS;
}
#endif
#ifndef OMIT_nvmlDeviceGetTotalEccErrors
int nvmlDeviceGetTotalEccErrors(void *handle, int type, int counter, unsigned long long *count) {
	ENTER_DEVICE(handle)
	if (d->ecc < 1) return NOT_SUPPORTED;
	*count = type == 1 && counter == 0 ? d->uncorrected : 0;
	return SUCCESS;
}
#endif
#ifndef OMIT_nvmlDeviceGetCurrentClocksEventReasons
int nvmlDeviceGetCurrentClocksEventReasons(void *handle, unsigned long long *reasons) {
	ENTER_DEVICE(handle)
	if (!d->has_throttle) return NOT_SUPPORTED;
	*reasons = d->throttle;
	return SUCCESS;
}
#endif
#ifndef OMIT_nvmlDeviceGetCurrentClocksThrottleReasons
int nvmlDeviceGetCurrentClocksThrottleReasons(void *handle, unsigned long long *reasons) {
	ENTER_DEVICE(handle)
	if (!d->has_throttle) return NOT_SUPPORTED;
	*reasons = d->throttle;
	return SUCCESS;
}
#endif

typedef struct { unsigned pid; unsigned long long used; unsigned gpu_instance, compute_instance; } ProcessV2;
typedef struct { unsigned pid; unsigned long long used; } ProcessV1;

static int list(const Device *d, char kind, unsigned *count, void *infos, size_t size) {
	unsigned room = *count, found = 0;
	if (!d->lists_processes) return NOT_SUPPORTED;
	for (int p = 0; p < d->process_count; p++) {
		if (d->processes[p].kind != kind) continue;
		if (found < room) {
			ProcessV2 info = { d->processes[p].pid, (unsigned long long)d->processes[p].used, 0xFFFFFFFF, 0xFFFFFFFF };
			memcpy((char *)infos + found * size, &info, size);
		}
		found++;
	}
	*count = found;
	return found > room ? INSUFFICIENT_SIZE : SUCCESS;
}
#define LIST(function, kind, type) int function(void *handle, unsigned *count, void *infos) { ENTER_DEVICE(handle) return list(d, kind, count, infos, sizeof(type)); }

#ifndef OMIT_nvmlDeviceGetComputeRunningProcesses_v3
LIST(nvmlDeviceGetComputeRunningProcesses_v3, 'C', ProcessV2)
#endif
#ifndef OMIT_nvmlDeviceGetComputeRunningProcesses_v2
LIST(nvmlDeviceGetComputeRunningProcesses_v2, 'C', ProcessV2)
#endif
#ifndef OMIT_nvmlDeviceGetComputeRunningProcesses
LIST(nvmlDeviceGetComputeRunningProcesses, 'C', ProcessV1)
#endif
#ifndef OMIT_nvmlDeviceGetGraphicsRunningProcesses_v3
LIST(nvmlDeviceGetGraphicsRunningProcesses_v3, 'G', ProcessV2)
#endif
#ifndef OMIT_nvmlDeviceGetGraphicsRunningProcesses_v2
LIST(nvmlDeviceGetGraphicsRunningProcesses_v2, 'G', ProcessV2)
#endif
#ifndef OMIT_nvmlDeviceGetGraphicsRunningProcesses
LIST(nvmlDeviceGetGraphicsRunningProcesses, 'G', ProcessV1)
#endif

#ifndef OMIT_nvmlDeviceGetSupportedEventTypes
int nvmlDeviceGetSupportedEventTypes(void *handle, unsigned long long *types) { ENTER_DEVICE(handle) *types = d->events ? 0x1B : 0; return SUCCESS; }
#endif
#ifndef OMIT_nvmlEventSetCreate
int nvmlEventSetCreate(void **set) { ENTER(-1) event_set = 1; *set = &event_set; return SUCCESS; }
#endif
#ifndef OMIT_nvmlDeviceRegisterEvents
int nvmlDeviceRegisterEvents(void *handle, unsigned long long types, void *set) {
	ENTER_DEVICE(handle)
	if (set != &event_set || !event_set) return INVALID_ARGUMENT;
	((Slot *)handle)->listening = (types & 8) != 0;
	return SUCCESS;
}
#endif
#ifndef OMIT_nvmlEventSetWait_v2
typedef struct { void *device; unsigned long long type, data; unsigned gpu_instance, compute_instance; } EventData;
int nvmlEventSetWait_v2(void *set, EventData *event, unsigned wait) {
	ENTER(-1)
	(void)wait;
	if (set != &event_set || !event_set) return INVALID_ARGUMENT;
	for (int i = 0; i < MAX_HANDLES && slots[i].uuid[0]; i++) {
		int at = index_of(&slots[i]);
		if (!slots[i].listening || at < 0 || slots[i].delivered >= devices[at].xid_count) continue;
		*event = (EventData){ &slots[i], 8, devices[at].xids[slots[i].delivered++], 0xFFFFFFFF, 0xFFFFFFFF };
		return SUCCESS;
	}
	return TIMEOUT;
}
#endif
#ifndef OMIT_nvmlEventSetFree
int nvmlEventSetFree(void *set) { ENTER(-1) (void)set; event_set = 0; return SUCCESS; }
#endif

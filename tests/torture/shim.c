/* Stands between a program and its disk and clock, by LD_PRELOAD: lets syncs fail as the kernel does, kills the program
 * at a chosen change of its files, moves its clock, and keeps beside the files what a power cut would leave of them.
 *
 * That is less than what can be read: a page is on the disk once a sync after its last write has succeeded. When a sync
 * fails, Linux takes the pages for clean; they reach the disk only if they are written again. Pages that a killed
 * process wrote and did not sync are treated alike, since nobody may rely on them either.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/timex.h>
#include <time.h>
#include <unistd.h>

#define PAGE 4096
#define MAX_PAGES 65536 /* 256 MB */

struct levers { /* shared with the test; the same order as in shim.py */
    int64_t clock_offset_ns;
    int64_t failing_syncs; /* so many of the next ones fail */
    int64_t failing_file;  /* only those of this file fail: 1 the database, 2 its log, 0 both */
    int64_t kill_at;       /* the program dies before the change of this number */
    int64_t changes;       /* so far: writes, syncs, truncations, links, renames, unlinks */
    int64_t syncs;         /* so far */
};

static const char *const NAMES[] = {"edge-csms.db", "edge-csms.db-wal"};
static uint8_t dirty[2][MAX_PAGES];
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct levers none, *levers = &none;
static const char *disk; /* the directory with what a power cut would leave, if it is asked for */

static void *real(const char *name) { return dlsym(RTLD_NEXT, name); }

#define REAL(type, name, ...)                                                                                          \
    static type (*call)(__VA_ARGS__);                                                                                  \
    if (!call) call = real(#name)

__attribute__((constructor)) static void begin(void) {
    const char *path = getenv("SHIM_LEVERS");
    disk = getenv("SHIM_DISK");
    int fd = path ? open(path, O_RDWR | O_CLOEXEC) : -1;
    if (fd < 0) return;
    void *map = mmap(NULL, sizeof(struct levers), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    if (map != MAP_FAILED) levers = map;
    close(fd);
}

static void change(const char *path) {
    if (!strstr(path, "/edge-csms.db") || strstr(path, "-shm")) return;
    if (++levers->changes == levers->kill_at) kill(getpid(), SIGKILL);
}

static const char *path_of(int fd, char *room) {
    char link[40];
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t size = readlink(link, room, PATH_MAX - 1);
    room[size < 0 ? 0 : size] = 0;
    return room;
}

static int number_of(const char *path) { /* of the two files whose pages are watched, else -1 */
    const char *slash = strrchr(path, '/');
    for (int number = 0; slash && number < 2; number++)
        if (!strcmp(slash + 1, NAMES[number])) return number;
    return -1;
}

/* --- the disk --- */

static void note_written(int number, off_t offset, ssize_t size) {
    pthread_mutex_lock(&lock);
    for (off_t page = offset / PAGE; size > 0 && page <= (offset + size - 1) / PAGE && page < MAX_PAGES; page++)
        dirty[number][page] = 1;
    pthread_mutex_unlock(&lock);
}

static void note_synced(int fd, int number, int succeeded) {
    REAL(ssize_t, pwrite64, int, const void *, size_t, off64_t);
    char path[PATH_MAX], bytes[PAGE];
    struct stat status;
    snprintf(path, sizeof path, "%s/%s", disk, NAMES[number]);
    pthread_mutex_lock(&lock);
    int copy = succeeded ? open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600) : -1;
    fstat(fd, &status);
    for (off_t page = 0; page < MAX_PAGES; page++) {
        if (!dirty[number][page]) continue;
        dirty[number][page] = 0;
        ssize_t size = copy < 0 ? 0 : pread(fd, bytes, PAGE, page * PAGE);
        if (size > 0 && call(copy, bytes, size, page * PAGE) != size) abort();
    }
    if (copy >= 0 && (ftruncate(copy, status.st_size) || close(copy))) abort();
    pthread_mutex_unlock(&lock);
}

ssize_t pwrite64(int fd, const void *bytes, size_t size, off64_t offset) {
    REAL(ssize_t, pwrite64, int, const void *, size_t, off64_t);
    char path[PATH_MAX];
    int number = number_of(path_of(fd, path));
    change(path);
    ssize_t written = call(fd, bytes, size, offset);
    if (disk && number >= 0) note_written(number, offset, written);
    return written;
}

static int sync_or_fail(int fd, int (*call)(int)) {
    char path[PATH_MAX];
    int number = number_of(path_of(fd, path));
    change(path);
    if (number < 0) return call(fd);
    levers->syncs++;
    int meant = !levers->failing_file || levers->failing_file == number + 1;
    int fails = meant && levers->failing_syncs > 0, result = fails ? -1 : call(fd);
    if (disk) note_synced(fd, number, !fails && !result);
    if (fails) {
        levers->failing_syncs--;
        errno = EIO;
    }
    return result;
}

int fdatasync(int fd) {
    REAL(int, fdatasync, int);
    return sync_or_fail(fd, call);
}

int fsync(int fd) {
    REAL(int, fsync, int);
    return sync_or_fail(fd, call);
}

int ftruncate64(int fd, off64_t size) {
    REAL(int, ftruncate64, int, off64_t);
    char path[PATH_MAX];
    change(path_of(fd, path));
    return call(fd, size);
}

int unlink(const char *path) {
    REAL(int, unlink, const char *);
    int number = number_of(path);
    change(path);
    if (disk && number >= 0) {
        char copy[PATH_MAX];
        snprintf(copy, sizeof copy, "%s/%s", disk, NAMES[number]);
        call(copy);
    }
    return call(path);
}

int rename(const char *from, const char *to) {
    REAL(int, rename, const char *, const char *);
    change(from);
    return call(from, to);
}

int link(const char *from, const char *to) {
    REAL(int, link, const char *, const char *);
    change(from);
    return call(from, to);
}

/* --- the clock --- */

int clock_gettime(clockid_t clock, struct timespec *at) {
    REAL(int, clock_gettime, clockid_t, struct timespec *);
    int result = call(clock, at);
    if (!result && (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE)) {
        int64_t ns = at->tv_sec * 1000000000LL + at->tv_nsec + levers->clock_offset_ns;
        at->tv_sec = ns / 1000000000;
        at->tv_nsec = ns % 1000000000;
    }
    return result;
}

int gettimeofday(struct timeval *restrict at, void *restrict zone) {
    struct timespec now;
    (void)zone;
    clock_gettime(CLOCK_REALTIME, &now);
    at->tv_sec = now.tv_sec;
    at->tv_usec = now.tv_nsec / 1000;
    return 0;
}

time_t time(time_t *at) {
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    if (at) *at = now.tv_sec;
    return now.tv_sec;
}

int adjtimex(struct timex *about) {
    memset(about, 0, sizeof *about);
    return TIME_ERROR; /* nobody sets it right */
}

// A disk that is watched, and that fails when it is told to. Loaded before libc (LD_PRELOAD) by tests/it/disk/mod.rs.
//
// Watching: once a program opens a file named ROOT/<run>/acks, everything it writes below ROOT/<run>/data is put down in
// ROOT/<run>/trace, in order: each write with its bytes, each change of length, of a name, each sync that returned; and each line
// written to `acks`. One lock is held over the call and its record, so the order of the trace is the order of the calls.
// Failing: ROOT/order holds one line, `what where n`, read anew at every call: what goes wrong, for files whose path contains `where`.
// Absent on purpose: `-shm` and lock files, which mean nothing after a power loss; anything outside ROOT. What could change a
// watched file and is not understood here (a shared mapping, a copy inside the kernel) is put down as X, and the reader refuses it.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

#define FDS 65536
#define FILES 32768
#define REAL(name) ((typeof(&name))real(#name))

struct file {
  char name[512]; // as opened
  dev_t dev;
  ino_t ino;
  int commit; // a commit frame was written since the last sync
  int syncs;
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_mutex_t orders = PTHREAD_MUTEX_INITIALIZER;
static char root[256], data[320];
static size_t root_len, data_len;
static int trace = -1, order = -1;
static struct file files[FILES];
static uint32_t count = 1;      // of files known in this run; 0 is none
static uint32_t held[FDS];      // the file behind a descriptor
static const uint32_t ACKS = UINT32_MAX;

static void *real(const char *name) {
  void *found = dlsym(RTLD_NEXT, name);
  if (!found) abort();
  return found;
}

__attribute__((constructor)) static void begin(void) {
  const char *at = getenv("DISK_ROOT");
  if (!at) return;
  root_len = (size_t)snprintf(root, sizeof root, "%s/", at);
  char path[512];
  snprintf(path, sizeof path, "%sorder", root);
  order = REAL(open64)(path, O_RDONLY | O_CLOEXEC);
  unsetenv("LD_PRELOAD"); // other programs that the tests start have an honest disk
  prctl(PR_SET_PDEATHSIG, SIGKILL); // nobody is left behind
}

// Whether the order of the moment is `what` for this file; its number.
static int ordered(const char *what, const char *name, long *n) {
  static char last[256];
  static long spent;
  char line[256] = "", say[32] = "", where[128] = "";
  long number = 0;
  if (order < 0 || pread64(order, line, sizeof line - 1, 0) <= 0) return 0;
  if (sscanf(line, "%31s %127s %ld", say, where, &number) < 2 || strcmp(say, what) || !strstr(name, where)) return 0;
  pthread_mutex_lock(&orders);
  if (strcmp(line, last)) spent = 0, strcpy(last, line);
  if (n && !strcmp(what, "full")) {
    // *n comes as the bytes wanted and leaves as those there is room for.
    long room = number > spent ? number - spent : 0;
    if (*n > room) *n = room;
    spent += *n;
  } else if (n) {
    *n = number;
  }
  pthread_mutex_unlock(&orders);
  return 1;
}

static void nap(long ms) {
  struct timespec span = {ms / 1000, ms % 1000 * 1000000};
  nanosleep(&span, NULL);
}

// One record. Called with the lock held.
static void put(char op, uint32_t file, uint64_t at, const char *name, const void *bytes, size_t len) {
  if (trace < 0) return;
  struct __attribute__((packed)) { char op; uint8_t flag; uint16_t name; uint32_t file; uint64_t at; uint32_t len; } head =
    {op, 0, name ? (uint16_t)strlen(name) : 0, file, at, (uint32_t)len};
  struct iovec parts[] = {{&head, sizeof head}, {(void *)name, head.name}, {(void *)bytes, len}};
  if (REAL(writev)(trace, parts, 3) != (ssize_t)(sizeof head + head.name + len)) abort();
}

static int below_root(const char *path) { return path && root_len && !strncmp(path, root, root_len); }

// The part of a watched path below the data folder; NULL: not watched.
static const char *watched(const char *path) {
  if (trace < 0 || !path || strncmp(path, data, data_len)) return NULL;
  const char *rest = path + data_len;
  if (*rest == '/') rest++;
  else if (*rest) return NULL;
  size_t len = strlen(rest);
  if ((len > 4 && !strcmp(rest + len - 4, "-shm")) || !strcmp(rest, "portal.lock")) return NULL;
  return rest;
}

static uint32_t file_of(int fd) { return fd >= 0 && fd < FDS ? __atomic_load_n(&held[fd], __ATOMIC_SEQ_CST) : 0; }

// Begins to watch what lies beside this file of acknowledgements.
static void watch(const char *path) {
  char at[512];
  size_t folder = strlen(path) - 4;
  data_len = (size_t)snprintf(data, sizeof data, "%.*sdata", (int)folder, path);
  snprintf(at, sizeof at, "%.*strace", (int)folder, path);
  if (trace >= 0) REAL(close)(trace);
  for (int fd = 0; fd < FDS; fd++) held[fd] = 0;
  count = 1;
  trace = REAL(open64)(at, O_WRONLY | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC, 0600);
  if (trace < 0) abort();
}

static void opened(int fd, const char *path, int flags, int existed) {
  struct stat is;
  if (fd < 0 || fd >= FDS) return;
  size_t len = strlen(path);
  if (len > 5 && !strcmp(path + len - 5, "/acks") && (flags & O_ACCMODE) != O_RDONLY) {
    watch(path);
    held[fd] = ACKS;
    return;
  }
  if (fstat(fd, &is)) return;
  const char *rest = watched(path);
  uint32_t file = 0;
  for (uint32_t i = count; existed && i-- > 1;) {
    if (files[i].dev == is.st_dev && files[i].ino == is.st_ino) { file = i; break; }
  }
  if (!file) {
    if (count == FILES) abort();
    file = count++;
    files[file] = (struct file){.dev = is.st_dev, .ino = is.st_ino};
    if (rest) put('O', file, (uint64_t)!existed, rest, NULL, 0);
  } else if (rest && (flags & O_TRUNC)) {
    put('T', file, 0, NULL, NULL, 0);
  }
  snprintf(files[file].name, sizeof files[file].name, "%s", path);
  // Only what is watched goes into the trace; the rest is known for faults alone.
  __atomic_store_n(&held[fd], rest || trace < 0 ? file : 0, __ATOMIC_SEQ_CST);
}

static int opening(int (*how)(const char *, int, ...), const char *path, int flags, mode_t mode) {
  if (!below_root(path)) return how(path, flags, mode);
  if ((flags & (O_ACCMODE | O_CREAT)) && ordered("read-only", path, NULL)) return errno = EROFS, -1;
  pthread_mutex_lock(&lock);
  struct stat is;
  int existed = !stat(path, &is);
  int fd = how(path, flags, mode);
  if (fd >= 0) opened(fd, path, flags, existed);
  int why = errno;
  pthread_mutex_unlock(&lock);
  return errno = why, fd;
}

#define OPEN(name)                                                                                                    \
  int name(const char *path, int flags, ...) {                                                                        \
    va_list rest;                                                                                                     \
    va_start(rest, flags);                                                                                            \
    mode_t mode = flags & (O_CREAT | O_TMPFILE) ? va_arg(rest, mode_t) : 0;                                           \
    va_end(rest);                                                                                                     \
    return opening((int (*)(const char *, int, ...))real(#name), path, flags, mode);                                  \
  }
OPEN(open)
OPEN(open64)

int close(int fd) {
  if (fd >= 0 && fd < FDS) __atomic_store_n(&held[fd], 0, __ATOMIC_SEQ_CST);
  return REAL(close)(fd);
}

// Writes at a place, or where the descriptor stands (at < 0).
static ssize_t writing(int fd, const void *bytes, size_t len, off64_t at) {
  uint32_t file = file_of(fd);
  long room = (long)len;
  if (file && file != ACKS) {
    if (ordered("read-only", files[file].name, NULL)) return errno = EROFS, -1;
    if (ordered("full", files[file].name, &room) && room == 0 && len) return errno = ENOSPC, -1;
  }
  if (!file) return at < 0 ? REAL(write)(fd, bytes, len) : REAL(pwrite64)(fd, bytes, len, at);
  pthread_mutex_lock(&lock);
  off64_t where = at;
  struct stat is;
  if (at < 0) where = fcntl(fd, F_GETFL) & O_APPEND && !fstat(fd, &is) ? is.st_size : lseek64(fd, 0, SEEK_CUR);
  ssize_t done = at < 0 ? REAL(write)(fd, bytes, (size_t)room) : REAL(pwrite64)(fd, bytes, (size_t)room, at);
  int why = errno;
  if (done > 0 && file == ACKS) put('A', 0, 0, NULL, bytes, (size_t)done);
  else if (done > 0) {
    put('W', file, (uint64_t)where, NULL, bytes, (size_t)done);
    // A frame's header of SQLite's write-ahead log, with the size of the database in it: this one commits.
    if (done == 24 && memcmp((const char *)bytes + 4, "\0\0\0\0", 4)) files[file].commit = 1;
  }
  pthread_mutex_unlock(&lock);
  return errno = why, done;
}

ssize_t write(int fd, const void *bytes, size_t len) { return writing(fd, bytes, len, -1); }
ssize_t pwrite(int fd, const void *bytes, size_t len, off_t at) { return writing(fd, bytes, len, at); }
ssize_t pwrite64(int fd, const void *bytes, size_t len, off64_t at) { return writing(fd, bytes, len, at); }
ssize_t writev(int fd, const struct iovec *parts, int n) {
  if (!file_of(fd)) return REAL(writev)(fd, parts, n);
  for (int i = 0; i < n; i++) if (parts[i].iov_len) return writing(fd, parts[i].iov_base, parts[i].iov_len, -1);
  return 0;
}

static int cutting(int fd, off64_t len) {
  uint32_t file = file_of(fd);
  if (file && ordered("read-only", files[file].name, NULL)) return errno = EROFS, -1;
  pthread_mutex_lock(&lock);
  int done = REAL(ftruncate64)(fd, len);
  if (!done && file) put('T', file, (uint64_t)len, NULL, NULL, 0);
  pthread_mutex_unlock(&lock);
  return done;
}
int ftruncate(int fd, off_t len) { return cutting(fd, len); }
int ftruncate64(int fd, off64_t len) { return cutting(fd, len); }

static int syncing(int fd, int (*how)(int)) {
  uint32_t file = file_of(fd);
  long n = 0;
  if (!file || file == ACKS) return how(fd);
  struct file *is = &files[file];
  if (ordered("slow", is->name, &n)) nap(n);
  static long stood;
  while (ordered("stuck", is->name, &n) && __atomic_fetch_add(&stood, 2, __ATOMIC_SEQ_CST) < n) nap(2); // n ms at most in all
  pthread_mutex_lock(&lock);
  int done = 0, why = 0, commit = is->commit;
  is->commit = 0;
  // What synchronous=NORMAL leaves out: the sync after a commit, and nothing else.
  if (commit && ordered("normal", is->name, NULL)) goto over;
  if (ordered("error", is->name, &n) && n > 0 && ++is->syncs % n == 0) {
    put('F', file, 0, NULL, NULL, 0);
    done = -1, why = EIO;
    goto over;
  }
  done = how(fd), why = errno;
  if (!done) put('S', file, 0, NULL, NULL, 0);
over:
  pthread_mutex_unlock(&lock);
  return errno = why, done;
}
int fsync(int fd) { return syncing(fd, REAL(fsync)); }
int fdatasync(int fd) { return syncing(fd, REAL(fdatasync)); }

// A change of names. `to` may be NULL.
static int naming(char op, const char *from, const char *to, int (*how)(const char *, const char *, mode_t), mode_t mode) {
  const char *subject = to ? to : from;
  if (!below_root(subject)) return how(from, to, mode);
  if (ordered("read-only", subject, NULL)) return errno = EROFS, -1;
  pthread_mutex_lock(&lock);
  int done = how(from, to, mode), why = errno;
  struct stat is;
  // The number of a file that is gone may come again with a new folder.
  for (uint32_t i = 1; op == 'M' && !done && !stat(from, &is) && i < count; i++) {
    if (files[i].dev == is.st_dev && files[i].ino == is.st_ino) files[i].ino = 0;
  }
  const char *a = watched(from), *b = to ? watched(to) : NULL;
  if (!done && (a || b)) put(a && (b || !to) ? op : 'X', 0, 0, a ? a : "", b, b ? strlen(b) : 0);
  pthread_mutex_unlock(&lock);
  return errno = why, done;
}
static int real_rename(const char *from, const char *to, mode_t mode) { (void)mode; return REAL(rename)(from, to); }
static int real_link(const char *from, const char *to, mode_t mode) { (void)mode; return REAL(link)(from, to); }
static int real_unlink(const char *from, const char *to, mode_t mode) { (void)to, (void)mode; return REAL(unlink)(from); }
static int real_mkdir(const char *from, const char *to, mode_t mode) { (void)to; return REAL(mkdir)(from, mode); }
int rename(const char *from, const char *to) { return naming('R', from, to, real_rename, 0); }
int link(const char *from, const char *to) { return naming('L', from, to, real_link, 0); }
int linkat(int a, const char *from, int b, const char *to, int flags) {
  return a == AT_FDCWD && b == AT_FDCWD && !flags ? link(from, to) : REAL(linkat)(a, from, b, to, flags);
}
int unlink(const char *path) { return naming('U', path, NULL, real_unlink, 0); }
int mkdir(const char *path, mode_t mode) { return naming('M', path, NULL, real_mkdir, mode); }

// What is not understood.
static void strange(int fd) {
  uint32_t file = file_of(fd);
  pthread_mutex_lock(&lock);
  if (file && file != ACKS && trace >= 0) put('X', file, 0, files[file].name, NULL, 0);
  pthread_mutex_unlock(&lock);
}
void *mmap64(void *at, size_t len, int prot, int flags, int fd, off64_t from) {
  if (fd >= 0 && (prot & PROT_WRITE) && (flags & MAP_SHARED)) strange(fd);
  return REAL(mmap64)(at, len, prot, flags, fd, from);
}
void *mmap(void *at, size_t len, int prot, int flags, int fd, off_t from) { return mmap64(at, len, prot, flags, fd, from); }
ssize_t copy_file_range(int from, off64_t *a, int to, off64_t *b, size_t len, unsigned flags) {
  strange(to);
  return REAL(copy_file_range)(from, a, to, b, len, flags);
}
int posix_fallocate64(int fd, off64_t at, off64_t len) { strange(fd); return REAL(posix_fallocate64)(fd, at, len); }
int fallocate64(int fd, int mode, off64_t at, off64_t len) { strange(fd); return REAL(fallocate64)(fd, mode, at, len); }
ssize_t pwritev64(int fd, const struct iovec *parts, int n, off64_t at) { strange(fd); return REAL(pwritev64)(fd, parts, n, at); }

// LD_PRELOAD library: one call of one function fails. FAULT=write:3:28 fails the third write() of the program
// FAULT_PROGRAM, after its main() has begun, with errno 28. FAULT=malloc:100:12 is one allocation that fails.
// FAULT=malloc:100+:12 lets all later ones fail, too. FAULT=write:3:cut writes half of the bytes. If the call
// came, the file FAULT_MARK exists afterwards.
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cstdarg>
#include <cstdio>
#include <cstdlib>
#include <cstring>

extern "C" void* __libc_malloc(size_t);

namespace {

bool active, cut, all_later;
long failing, calls;
int error;
char function[32];

// Whether this call is the one that fails.
bool fails(const char* name) {
  if (!active || std::strcmp(name, function) != 0) return false;
  if (++calls != failing && !(all_later && calls > failing)) return false;
  if (const char* mark = std::getenv("FAULT_MARK"))
    syscall(SYS_close, syscall(SYS_openat, AT_FDCWD, mark, O_WRONLY | O_CREAT, 0666));
  errno = error;
  return true;
}

void read_fault() {
  const char* text = std::getenv("FAULT");
  const char* program = std::getenv("FAULT_PROGRAM");
  if (!text || !program || std::strcmp(program, program_invocation_short_name) != 0) return;
  char number[16];
  all_later = std::strchr(text, '+') != nullptr;
  if (std::sscanf(text, "%31[^:]:%ld%*[+:]%15s", function, &failing, number) != 3) return;
  cut = std::strcmp(number, "cut") == 0;
  error = std::atoi(number);
  active = true;
}

using Main = int (*)(int, char**, char**);
Main real_main;
int counted_main(int argc, char** argv, char** environment) {
  read_fault();
  return real_main(argc, argv, environment);
}

template <class Function>
Function* next(const char* name) {
  return reinterpret_cast<Function*>(dlsym(RTLD_NEXT, name));
}

mode_t mode_of(int flags, va_list arguments) {
  return flags & (O_CREAT | O_TMPFILE) ? va_arg(arguments, mode_t) : 0;
}

}  // namespace

extern "C" {

int __libc_start_main(Main main, int argc, char** argv, void (*init)(), void (*fini)(), void (*loader_fini)(),
                      void* stack) {
  using Start = int(Main, int, char**, void (*)(), void (*)(), void (*)(), void*);
  real_main = main;
  return next<Start>("__libc_start_main")(counted_main, argc, argv, init, fini, loader_fini, stack);
}

void* malloc(size_t size) {
  return fails("malloc") ? nullptr : __libc_malloc(size);
}

int open(const char* path, int flags, ...) {
  va_list arguments;
  va_start(arguments, flags);
  const mode_t mode = mode_of(flags, arguments);
  va_end(arguments);
  return fails("open") ? -1 : static_cast<int>(syscall(SYS_openat, AT_FDCWD, path, flags, mode));
}

int open64(const char* path, int flags, ...) {
  va_list arguments;
  va_start(arguments, flags);
  const mode_t mode = mode_of(flags, arguments);
  va_end(arguments);
  return fails("open") ? -1 : static_cast<int>(syscall(SYS_openat, AT_FDCWD, path, flags, mode));
}

int openat(int folder, const char* path, int flags, ...) {
  va_list arguments;
  va_start(arguments, flags);
  const mode_t mode = mode_of(flags, arguments);
  va_end(arguments);
  return fails("open") ? -1 : static_cast<int>(syscall(SYS_openat, folder, path, flags, mode));
}

FILE* fopen64(const char* path, const char* mode) {
  return fails("open") ? nullptr : next<FILE*(const char*, const char*)>("fopen64")(path, mode);
}

FILE* fopen(const char* path, const char* mode) {
  return fails("open") ? nullptr : next<FILE*(const char*, const char*)>("fopen")(path, mode);
}

ssize_t read(int descriptor, void* into, size_t size) {
  return fails("read") ? -1 : syscall(SYS_read, descriptor, into, size);
}

ssize_t pread(int descriptor, void* into, size_t size, off_t at) {
  return fails("read") ? -1 : syscall(SYS_pread64, descriptor, into, size, at);
}

ssize_t pread64(int descriptor, void* into, size_t size, off64_t at) {
  return fails("read") ? -1 : syscall(SYS_pread64, descriptor, into, size, at);
}

ssize_t write(int descriptor, const void* from, size_t size) {
  if (!fails("write")) return syscall(SYS_write, descriptor, from, size);
  return cut ? syscall(SYS_write, descriptor, from, (size + 1) / 2) : -1;
}

int fsync(int descriptor) {
  return fails("fsync") ? -1 : static_cast<int>(syscall(SYS_fsync, descriptor));
}

int close(int descriptor) {
  const int result = static_cast<int>(syscall(SYS_close, descriptor));
  return fails("close") ? -1 : result;
}

int rename(const char* from, const char* to) {
  return fails("rename") ? -1 : static_cast<int>(syscall(SYS_renameat2, AT_FDCWD, from, AT_FDCWD, to, 0));
}

int linkat(int from_folder, const char* from, int to_folder, const char* to, int flags) {
  return fails("linkat") ? -1
                         : static_cast<int>(syscall(SYS_linkat, from_folder, from, to_folder, to, flags));
}

int mkdir(const char* path, mode_t mode) {
  return fails("mkdir") ? -1 : static_cast<int>(syscall(SYS_mkdirat, AT_FDCWD, path, mode));
}

int mkdirat(int folder, const char* path, mode_t mode) {
  return fails("mkdir") ? -1 : static_cast<int>(syscall(SYS_mkdirat, folder, path, mode));
}

}  // extern "C"

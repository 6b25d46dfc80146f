#include "kernels/simt/emulator/finding.h"

// addr2line is part of binutils, which every compiler needs. It runs only to report a finding.
#define BOOST_STACKTRACE_USE_ADDR2LINE
#include <boost/stacktrace/frame.hpp>

#include <dlfcn.h>
#include <elf.h>

namespace warpgauge::simt::emulator {

const char* finding_name(FindingKind kind) {
  switch (kind) {
    case FindingKind::race:
      return "data race";
    case FindingKind::uninitialised:
      return "uninitialised read";
    case FindingKind::out_of_bounds:
      return "out-of-bounds access";
    case FindingKind::misaligned:
      return "misaligned access";
    case FindingKind::copy_in_flight:
      return "copy in flight";
    case FindingKind::divergence:
      return "divergent collective";
    case FindingKind::barrier_mismatch:
      return "barrier mismatch";
    case FindingKind::deadlock:
      return "deadlock";
    case FindingKind::misuse:
      return "invalid use";
    case FindingKind::missing_proxy_fence:
      return "missing proxy fence";
    case FindingKind::missing_register_fence:
      return "missing wgmma fence";
    case FindingKind::register_in_flight:
      return "register in flight";
  }
  return "?";
}

namespace {

// The address in the program's file, which differs from the loaded one for position-independent programs.
const char* address_in_file(const char* address) {
  Dl_info module{};
  if (dladdr(address, &module) == 0 || !module.dli_fbase) return address;
  const auto* header = static_cast<const Elf64_Ehdr*>(module.dli_fbase);
  return header->e_type == ET_DYN ? address - reinterpret_cast<std::uintptr_t>(module.dli_fbase) : address;
}

}  // namespace

std::string describe(Site site) {
  if (!site.is_code()) return static_cast<const char*>(site.address()) + (":" + std::to_string(site.line()));
  // The site is a return address. The call is the instruction before it.
  const boost::stacktrace::frame frame(address_in_file(static_cast<const char*>(site.address()) - 1));
  if (frame.source_line() == 0) return "an unknown line (build with -g1)";
  const std::string file = frame.source_file();
  return (file.starts_with("./") ? file.substr(2) : file) + ":" + std::to_string(frame.source_line());
}

}  // namespace warpgauge::simt::emulator

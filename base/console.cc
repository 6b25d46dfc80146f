#include "base/console.h"

#include <unistd.h>

#include <cstdio>
#include <string>

#include "base/atomic_file.h"
#include "base/escape.h"

namespace warpgauge {
namespace {

void write_stdout(std::string_view text) {
  std::fflush(stdout);  // what a library has printed comes first
  write_all(STDOUT_FILENO, text, "stdout");
}

void write_stderr(std::string_view text) {
  try {
    write_all(STDERR_FILENO, text, "stderr");
  } catch (const OutputError&) {
  }
}

}  // namespace

void print(std::string_view text, Colours colours) {
  write_stdout(safe_lines(text, colours == Colours::kept ? Sgr::kept : Sgr::escaped));
}

void print_document(std::string_view text) {
  write_stdout(text);
}

void print_to_stderr(std::string_view text) {
  write_stderr(safe_lines(text));
}

void show_status(std::string_view line) {
  write_stderr("\r\033[K" + visible(line));
}

}  // namespace warpgauge

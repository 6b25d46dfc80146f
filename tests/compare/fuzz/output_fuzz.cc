// A libFuzzer target: whatever names, labels, messages, commits, keys, file names and arguments are, nothing
// that compare prints or writes has an effect on a terminal, a log of CI or a comment (output_checks.h).
//
// The input: a byte that chooses the command, a byte of flags, then texts that end with a zero byte. The
// texts stand for whatever is foreign. Each run of a command is in this process, with stdout and stderr in
// memory.
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <nlohmann/json.hpp>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include "base/atomic_file.h"
#include "base/console.h"
#include "base/diagnostic.h"
#include "base/message.h"
#include "base/usage_error.h"
#include "compare/ab/analysis.h"
#include "compare/ab/progress.h"
#include "compare/ab/run_record.h"
#include "compare/commands/command.h"
#include "compare/commands/reports.h"
#include "tests/compare/fuzz/output_checks.h"

extern "C" __attribute__((weak)) void __sanitizer_set_report_fd(void* descriptor);

namespace warpgauge {
namespace {

namespace fs = std::filesystem;

enum class Kind { log, annotations, markdown, json, xml };

struct Printed {
  std::string out, err;
};

int memory_file(const char* name) {
  return ::memfd_create(name, MFD_CLOEXEC);
}

const int g_out = memory_file("out"), g_err = memory_file("err"), g_stdout = ::dup(1), g_stderr = ::dup(2);

std::string taken(int descriptor) {
  std::string text(static_cast<std::size_t>(::lseek(descriptor, 0, SEEK_END)), '\0');
  const ssize_t got = ::pread(descriptor, text.data(), text.size(), 0);
  if (got != static_cast<ssize_t>(text.size()) || ::ftruncate(descriptor, 0) != 0) std::abort();
  ::lseek(descriptor, 0, SEEK_SET);
  return text;
}

Printed printed_by(const std::function<void()>& command) {
  ::dup2(g_out, 1);
  ::dup2(g_err, 2);
  try {
    command();
  } catch (const std::exception& error) {  // as main() does
    std::istringstream lines(error.what());
    for (std::string line; std::getline(lines, line);) print_error(kProgram, line);
  }
  ::dup2(g_stdout, 1);
  ::dup2(g_stderr, 2);
  return {taken(g_out), taken(g_err)};
}

[[noreturn]] void report(const char* where, const std::string& fault, const std::string& text) {
  std::fprintf(stderr, "%s: %s\n----\n%s\n----\n", where, fault.c_str(), text.c_str());
  std::abort();
}

void require(const char* where, const std::string& fault, const std::string& text) {
  if (!fault.empty()) report(where, fault, text);
}

void check(const Printed& printed, Kind kind) {
  require("stderr", log_fault(printed.err), printed.err);
  const Commands commands = kind == Kind::annotations ? Commands::ours : Commands::none;
  require("stdout", log_fault(printed.out, commands), printed.out);
  if (kind == Kind::markdown) require("Markdown", markdown_fault(printed.out), printed.out);
  if (kind == Kind::json && !printed.out.empty() && !nlohmann::json::accept(printed.out))
    report("JSON", "is not JSON", printed.out);
}

int run_words(std::vector<std::string> words, std::size_t name_words) {
  std::vector<Command> commands = all_commands();
  std::string name = words[0];
  for (std::size_t i = 1; i < name_words; ++i) name += " " + words[i];
  const auto command = std::ranges::find(commands, name, &Command::name);
  words.erase(words.begin(), words.begin() + static_cast<std::ptrdiff_t>(name_words));
  const std::string called = fmt::format("{} {}", kProgram, name);
  if (command->flags.parse(called, words) == Request::help) {
    print(help_of(*command));
    return 0;
  }
  return command->run(called + " ...");
}

class Foreign {
 public:
  explicit Foreign(std::string_view bytes) {
    while (!bytes.empty()) {
      const std::size_t end = bytes.find('\0');
      texts_.emplace_back(bytes.substr(0, end));
      bytes.remove_prefix(end == std::string_view::npos ? bytes.size() : end + 1);
    }
    if (texts_.empty()) texts_.emplace_back("x");
  }
  const std::string& operator[](std::size_t i) const { return texts_[i % texts_.size()]; }
  std::size_t size() const { return texts_.size(); }
  // With all of its bytes, but for those that JSON cannot hold as they are.
  std::string json(std::size_t i) const {
    std::string out = "\"";
    for (const char c : (*this)[i]) {
      if (static_cast<unsigned char>(c) < 0x20 || c == '"' || c == '\\')
        out += fmt::format("\\u{:04x}", static_cast<unsigned char>(c));
      else
        out += c;
    }
    return out + "\"";
  }
  // An argument that names no file of another folder, nor ends the flags.
  std::string word(std::size_t i) const {
    std::string text = (*this)[i];
    std::ranges::replace(text, '/', '_');
    return text == "--" ? "-" : text;
  }
  // A name that a file can have.
  std::string file(std::size_t i) const {
    std::string name = (*this)[i].substr(0, 80);
    std::ranges::replace(name, '/', '_');
    return "f" + name + ".json";
  }

 private:
  std::vector<std::string> texts_;
};

// A result file: cases named by the texts, of which one failed and one was skipped.
std::string results(const Foreign& texts, int day, double factor) {
  std::string rows;
  for (std::size_t i = 0; i < std::min<std::size_t>(texts.size(), 6) + 1; ++i) {
    std::string ending = fmt::format(R"("real_time": {}, "cpu_time": 90, "time_unit": "ns", "label": {})",
                                     100.0 * factor * static_cast<double>(i + 1), texts.json(i + 2));
    if (i == 2) ending += fmt::format(R"(, "error_occurred": true, "error_message": {})", texts.json(i + 1));
    if (i == 3) ending += fmt::format(R"(, "skipped": true, "skip_message": {})", texts.json(i + 1));
    const std::string name = i == 0 ? "\"plain\"" : texts.json(i - 1);
    for (int repetition = 0; repetition < 2; ++repetition)
      rows += fmt::format(R"({}{{"name": {}, "run_name": {}, "run_type": "iteration", "repetitions": 2, )"
                          R"("repetition_index": {}, "threads": 1, "iterations": 1, {}}})",
                          rows.empty() ? "" : ",\n", name, name, repetition, ending);
  }
  return fmt::format(
      R"({{"context": {{"date": "2026-11-{:02}T10:00:00+00:00", "host_name": {}, "executable": {}, "num_cpus": 4, )"
      R"("mhz_per_cpu": 2000, "cpu_scaling_enabled": false, "caches": [], "library_build_type": "release", )"
      R"("warpgauge": {{"schema": "warpgauge/context/1", "round": "b{}-1", "identity": {{"cpu_vendor": {}, "threads": "2"}}, )"
      R"("state": {{"compiler": {}}}, "info": {{"commit": {}}}, "settings": {{"matrix": "ci"}}}}}}, "benchmarks": [{}]}})",
      day, texts.json(3), texts.json(4), day, texts.json(5), texts.json(day == 1 ? 0 : 1), texts.json(2),
      rows);
}

void store(const std::string& path, const std::string& text) {
  std::ofstream(path, std::ios::binary) << text;
}

struct Folder {
  Folder() {
    const char* const memory = "/dev/shm";
    path = fmt::format("{}/compare_output_fuzz.{}", fs::is_directory(memory) ? memory : "/tmp", ::getpid());
    fs::remove_all(path);
    fs::create_directories(path);
    if (::chdir(path.c_str()) != 0) std::abort();
  }
  ~Folder() {
    std::error_code ignored;
    fs::remove_all(path, ignored);
  }
  std::string path;
};

RunRecord record_of(const Foreign& texts) {
  RunRecord record;
  for (std::size_t i = 0; i < std::min<std::size_t>(texts.size(), 6); ++i) {
    record.cases.push_back({.name = texts[i], .base_raw = texts[i], .head_raw = texts[i], .rule = {}});
    record.dropped.push_back({texts[i], i % 2 ? Side::base : Side::head, 0, texts[i + 1]});
  }
  record.base_executable = texts[1];
  record.head_executable = texts[2];
  record.base_only = {texts[3] + "b"};
  record.head_only = {texts[4] + "h"};
  record.command = texts[5];
  record.ended_early = texts[6];
  return record;
}

void run_ab(const Foreign& texts, const ReportOutputs& outputs) {
  const RunRecord record = record_of(texts);
  {
    AbProgress progress(8);
    for (const DroppedCase& one : record.dropped) progress.case_dropped(one.name, one.side, one.reason);
    progress.run_ended_early(record.ended_early);
  }
  AbAnalysis analysis(record);
  for (const DroppedCase& one : record.dropped) analysis.drop(one);
  write_reports(analysis.comparison(record), outputs, {});
}

using Words = std::vector<std::string>;

void run_one(std::uint8_t choice, std::uint8_t flags, const Foreign& texts) {
  static const Folder folder;
  for (const auto& entry : fs::directory_iterator(".")) fs::remove_all(entry.path());
  const std::string base = texts.file(0), head = "h" + texts.file(1);
  store(base, results(texts, 1, 1));
  store(head, results(texts, 2, flags & 1 ? 2 : 1));
  const auto of = [&](Kind kind, const Words& words, std::size_t name_words = 1) {
    check(printed_by([&] { (void)run_words(words, name_words); }), kind);
  };
  const Words rename = flags & 2 ? Words{"--rename", texts[0] + "=" + texts[1]} : Words{};
  const auto gate = [&](Words words) {
    words.insert(words.begin(), {"gate", base, head});
    words.insert(words.end(), rename.begin(), rename.end());
    if (flags & 4) words.insert(words.end(), {"--filter", texts[2]});
    return words;
  };
  const auto bless = [&](const std::string& file, Words words) {
    words.insert(words.begin(), {"bless", "--baseline", "baselines", "--head", file, "--reason", texts[3]});
    return words;
  };
  switch (choice % 16) {
    case 0:
      return of(Kind::log, gate({"--all"}));
    case 1:
      return of(Kind::annotations, gate({"--github"}));
    case 2:
      return of(Kind::markdown, gate({"--markdown", "-"}));
    case 3:
      return of(Kind::json, gate({"--json", "-"}));
    case 4:
      return of(Kind::xml, gate({"--junit", "-"}));
    case 5:
      return of(Kind::log, {"show", base, head, "--all"});
    case 6:
      of(Kind::log, bless(base, {}));
      of(Kind::log, bless(head, flags & 8 ? Words{"--accept", texts[0]} : Words{}));
      of(Kind::log, {"trend", "--baseline", "baselines", "--all"});
      return of(Kind::log, {"gate", "--baseline", "baselines", "--head", head});
    case 7:
      return of(flags & 8 ? Kind::markdown : Kind::log,
                {"rivals", base, head, "--ours", texts[0], "--peers", texts[1],
                 flags & 8 ? "--markdown" : "--all", flags & 8 ? "-" : "--brief"});
    case 8:
      store("third.json", results(texts, 3, 1.5));
      return of(Kind::log, {"nightly", ".", "--all"});
    case 9: {
      (void)printed_by([&] { (void)run_words(gate({"--json", "comparison.json"}), 1); });
      store("run.json",
            fmt::format(R"({{"run": {{"created_at": "2026-11-20T10:00:00Z", "conclusion": {}}}, "jobs": [)"
                        R"({{"name": {}, "conclusion": "failure", "started_at": "2026-11-20T10:02:00Z", )"
                        R"("completed_at": "2026-11-20T10:04:10Z", "steps": [{{"name": {}, "conclusion": )"
                        R"("failure", "started_at": "2026-11-20T10:02:10Z", "completed_at": )"
                        R"("2026-11-20T10:04:05Z"}}]}}]}})",
                        texts.json(0), texts.json(1), texts.json(2)));
      of(Kind::markdown, {"comment", "comparison.json", "--timeline", "run.json"});
      return of(Kind::markdown, {"comment", "--failure", texts[0], "--timeline", "run.json"});
    }
    case 10:
      (void)printed_by([&] { (void)run_words(gate({"--json", "comparison.json"}), 1); });
      of(Kind::log, {"settle", "estimate", "comparison.json", texts.word(0), texts.word(1)}, 2);
      of(Kind::log, {"settle", "note", "comparison.json", texts.word(0), "-o", "noted.json"}, 2);
      return of(Kind::log, {"gate", "--baseline", texts[0], "--head", texts[1]});
    case 11:
      of(Kind::log, {"fingerprint", base});
      return of(Kind::log, {"check-baseline", texts.file(0), "--after", head});
    case 12: {
      static const char* const kNames[] = {"ab",    "gate",   "show",    "bless",
                                           "trend", "rivals", "nightly", "comment"};
      Words words{kNames[flags % 8]};
      for (std::size_t i = 0; i < std::min<std::size_t>(texts.size(), 5); ++i) words.push_back(texts.word(i));
      words.emplace_back("--no-such-flag");  // nothing is run
      return of(Kind::log, words);
    }
    case 13:
      store("policy.toml", texts[0]);
      return of(Kind::log, gate({"--policy", "policy.toml"}));
    case 14:
      store(base, texts[0]);
      store("comparison.json", texts[1]);
      of(Kind::log, gate({}));
      return of(Kind::markdown, {"comment", "comparison.json"});
    default: {
      ReportOutputs outputs;
      outputs.github = (flags & 3) == 1;
      if ((flags & 3) == 2) outputs.markdown = "-";
      if ((flags & 3) == 3) outputs.json = "-";
      constexpr Kind kKinds[] = {Kind::log, Kind::annotations, Kind::markdown, Kind::json};
      return check(printed_by([&] { run_ab(texts, outputs); }), kKinds[flags & 3]);
    }
  }
}

}  // namespace
}  // namespace warpgauge

extern "C" int LLVMFuzzerInitialize(int*, char***) {
  ::unsetenv("GITHUB_STEP_SUMMARY");
  if (__sanitizer_set_report_fd)
    __sanitizer_set_report_fd(reinterpret_cast<void*>(static_cast<std::intptr_t>(warpgauge::g_stderr)));
  return 0;
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2) return 0;
  const std::string_view bytes(reinterpret_cast<const char*>(data) + 2, size - 2);
  warpgauge::run_one(data[0], data[1], warpgauge::Foreign(bytes));
  return 0;
}

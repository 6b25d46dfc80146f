#include "compare/commands/reports.h"

#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>

#include "base/atomic_file.h"
#include "base/columns.h"
#include "base/console.h"
#include "base/escape.h"
#include "compare/report/format.h"
#include "compare/report/github.h"
#include "compare/report/json.h"
#include "compare/report/junit.h"
#include "compare/report/markdown.h"
#include "compare/report/text.h"

namespace warpgauge {
namespace {

namespace fs = std::filesystem;

std::string step_summary() {
  const char* file = std::getenv("GITHUB_STEP_SUMMARY");
  return file ? file : "";
}

void require_write_access(const std::string& file, const fs::path& written) {
  if (::access(written.c_str(), W_OK) == 0) return;
  throw OutputError(fmt::format("{}: {} cannot be written: {}; check its permissions", file, written.string(),
                                std::strerror(errno)));
}

// If the executable is where `head` says, reproducers begin with that path.
Comparison pasteable(Comparison comparison, const Executable& head) {
  if (head.path == head.shown || ::access(head.path.c_str(), X_OK) != 0) return comparison;
  const std::string shown = shell_word(head.shown) + " ";
  for (Cell& cell : comparison.cells) {
    if (cell.reproduce.starts_with(shown))
      cell.reproduce.replace(0, shown.size(), shell_word(head.path) + " ");
  }
  return comparison;
}

}  // namespace

void add_all_flag(FlagTable& table, bool& all) {
  table.add({.name = "--all",
             .help = fmt::format("Prints the whole table; without it, at most {} lines", kMostLines),
             .take = truth_into(all),
             .echo = Echo::hidden});
}

void add_report_flags(FlagTable& table, ReportOutputs& outputs) {
  table.add_heading(kReportsHeading);
  const auto add_file = [&](const char* name, const char* help, std::string& target) {
    table.add({.name = name, .value = "FILE", .help = help, .take = text_into(target), .echo = Echo::hidden});
  };
  add_file("--json", "Writes comparison.json; - writes it to stdout, in place of the table", outputs.json);
  add_file("--markdown", "Writes a summary for a pull request", outputs.markdown);
  add_file("--junit", "Writes JUnit XML", outputs.junit);
  table.add({.name = "--github",
             .help = "Prints GitHub annotations, and appends the summary to $GITHUB_STEP_SUMMARY",
             .take = truth_into(outputs.github),
             .echo = Echo::hidden});
  add_all_flag(table, outputs.all);
  table.add({.name = "--brief",
             .help = "Prints the verdict line only, in place of the table",
             .take = truth_into(outputs.brief),
             .echo = Echo::hidden});
  table.add_rule([&outputs](const FlagTable&) {
    const int reports = (outputs.json == "-") + (outputs.markdown == "-") + (outputs.junit == "-");
    if (reports > 1) throw UsageError("stdout takes one report; give the others a file");
    if (reports > 0 && outputs.github)
      throw UsageError("--github: prints its annotations to stdout; give the report a file");
  });
}

void check_writable(const std::string& file) {
  if (file.empty() || file == "-") return;
  const fs::path path(file);
  std::error_code ignored;
  const fs::file_type type = fs::status(path, ignored).type();
  if (type == fs::file_type::character || type == fs::file_type::fifo) return;  // it is not replaced
  if (type == fs::file_type::directory) throw OutputError(file + ": is a directory; give a file");
  if (fs::is_symlink(path, ignored))
    throw OutputError(file + ": is a symbolic link; give the file that it points to");
  const fs::path directory = path.has_parent_path() ? path.parent_path() : ".";
  if (!fs::is_directory(directory, ignored))
    throw OutputError(fmt::format("{}: there is no directory {}; create it", file, directory.string()));
  require_write_access(file, directory);
}

void check_writable(const ReportOutputs& outputs) {
  for (const std::string& file : {outputs.json, outputs.markdown, outputs.junit}) check_writable(file);
  const std::string summary = outputs.github ? step_summary() : "";
  if (fs::is_regular_file(summary)) {
    require_write_access(summary, summary);  // it is appended to
  } else {
    check_writable(summary);
  }
}

bool colour_wanted() {
  const char* terminal = std::getenv("TERM");
  return ::isatty(STDOUT_FILENO) && !std::getenv("NO_COLOR") && terminal &&
         std::string_view(terminal) != "dumb";
}

void write_reports(const ReportTexts& texts, const ReportOutputs& outputs) {
  std::string failures;
  const auto attempt = [&](auto write) {
    try {
      write();
    } catch (const OutputError& error) {
      failures += (failures.empty() ? "" : "\n") + std::string(error.what());
    }
  };
  const auto report = [&](const std::string& file, const std::function<std::string()>& text) {
    if (file == "-") {
      attempt([&] { print_document(text()); });
    } else if (!file.empty()) {
      attempt([&] { write_file(file, text()); });
    }
  };
  report(outputs.json, [&] { return json_document(texts.json()); });
  report(outputs.markdown, texts.markdown);
  report(outputs.junit, texts.junit);
  if (outputs.brief)
    attempt([&] { print(texts.brief() + "\n"); });
  else if (!outputs.on_stdout())
    attempt([&] { print(texts.table(), Colours::kept); });
  if (outputs.github) {
    attempt([&] { print_document(texts.annotations()); });
    if (const std::string summary = step_summary(); !summary.empty())
      attempt([&] { append_file(summary, texts.markdown()); });
  }
  if (!failures.empty()) throw OutputError(failures);
}

void write_reports(const Comparison& comparison, const ReportOutputs& outputs, const Executable& head) {
  write_reports({.table =
                     [&] {
                       return text_report(pasteable(comparison, head),
                                          {.colour = colour_wanted(), .all = outputs.all});
                     },
                 .brief = [&] { return format_verdict(comparison); },
                 .json = [&] { return json_report(comparison); },
                 .markdown = [&] { return markdown_report(comparison); },
                 .junit = [&] { return junit_report(comparison); },
                 .annotations = [&] { return github_annotations(comparison); }},
                outputs);
}

}  // namespace warpgauge

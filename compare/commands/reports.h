// Where the reports of a comparison go.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "base/flag_table.h"
#include "compare/commands/paths.h"
#include "compare/decide/comparison.h"

namespace warpgauge {

inline constexpr const char* kReportsHeading = "Reports";

// Empty: none; "-" is stdout, in place of the table.
struct ReportOutputs {
  std::string json, markdown, junit;
  bool github = false;
  bool all = false;    // the table without its limit of lines
  bool brief = false;  // only the verdict line in place of the table

  bool on_stdout() const { return json == "-" || markdown == "-" || junit == "-"; }
};
void add_all_flag(FlagTable& table, bool& all);  // --all, under the heading before it
void add_report_flags(FlagTable& table, ReportOutputs& outputs);

// Throws OutputError if a file cannot be written, as far as that can be known before it is.
void check_writable(const ReportOutputs& outputs);
void check_writable(const std::string& file);

// The reports of a subcommand, each made when it is written.
struct ReportTexts {
  std::function<std::string()> table, brief, json, markdown, junit, annotations;
};
// Writes all reports, and the table to stdout. One that fails does not stop the others. Throws OutputError if
// any failed.
void write_reports(const ReportTexts& texts, const ReportOutputs& outputs);

// True if stdout takes colours.
[[nodiscard]] bool colour_wanted();

// Writes all reports, and the table to stdout. One that fails does not stop the others. Throws OutputError if
// any failed. Reproducers in the table name head's executable by its path, so that they can be pasted.
void write_reports(const Comparison& comparison, const ReportOutputs& outputs, const Executable& head = {});

}  // namespace warpgauge

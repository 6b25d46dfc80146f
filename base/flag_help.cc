#include "base/flag_help.h"

#include <fmt/format.h>

#include "base/columns.h"
#include "base/escape.h"

namespace warpgauge {
namespace {

constexpr std::size_t kNameColumns = 28;

std::string flag_entry(const FlagTable::Entry& entry) {
  const Flag& flag = entry.flag;
  std::string help = flag.help;
  if (flag.repeatable) help += "; may be given more than once";
  if (!flag.default_shown.empty()) help += fmt::format(" (default: {})", flag.default_shown);
  if (flag.required && !entry.is_positional()) help += " (required)";
  const bool has_value = !entry.is_positional() && !entry.is_switch();
  return help_entry(flag.name + (has_value ? " " + flag.value : ""), help);
}

std::string usage_line(const std::string& program, const FlagTable& table) {
  std::string words, optional, rest;
  for (const FlagTable::Entry& entry : table.entries()) {
    const Flag& flag = entry.flag;
    if (!entry.is_positional() && flag.required) {
      words += fmt::format(" {} {}", flag.name, flag.value);
    } else if (!entry.is_positional()) {
      optional = " [flags]";
    } else if (entry.takes_several() && !flag.required) {
      rest = fmt::format(" [-- {}...]", flag.name);
    } else {
      const std::string name = flag.name + (entry.takes_several() ? "..." : "");
      words += flag.required ? " " + name : fmt::format(" [{}]", name);
    }
  }
  return fmt::format("usage: {}{}{}{}\n", program, words, optional, rest);
}

// The flags under one heading. Those without a help are names only.
class Section {
 public:
  explicit Section(std::string heading) : heading_(std::move(heading)) {}

  const std::string& heading() const { return heading_; }
  void add(const FlagTable::Entry& entry) {
    if (entry.flag.help.empty()) {
      names_ += entry.flag.name + " ";
    } else {
      entries_ += flag_entry(entry);
    }
  }
  std::string text() const { return fmt::format("\n{}:\n{}{}", heading_, entries_, wrapped(names_, 2)); }

 private:
  std::string heading_, entries_, names_;
};

std::string sections_of(const FlagTable& table) {
  std::vector<Section> sections;
  for (const FlagTable::Entry& entry : table.entries()) {
    if (entry.is_refused()) continue;
    if (sections.empty() || sections.back().heading() != entry.heading) sections.emplace_back(entry.heading);
    sections.back().add(entry);
  }
  std::string text;
  for (const Section& section : sections) text += section.text();
  return text;
}

}  // namespace

std::string help_entry(const std::string& name, const std::string& text) {
  const std::string beside = wrapped(text, kNameColumns);
  if (display_width(name) + 4 > kNameColumns) return fmt::format("  {}\n{}", name, beside);
  return "  " + padded_right(name, kNameColumns - 2) + beside.substr(kNameColumns);
}

std::string exit_code_paragraph(std::string_view exit_codes) {
  return "\n" + wrapped(fmt::format("Exit codes: {}.", exit_codes), 0);
}

std::string help_text(const ProgramHelp& help, const FlagTable& table) {
  std::string out = usage_line(help.program, table) + "\n" + wrapped(help.description, 0);
  out += sections_of(table);
  out += help.examples.size() == 1 ? "\nExample:\n" : "\nExamples:\n";
  for (const std::string& example : help.examples) out += fmt::format("  {}\n", example);
  return out + exit_code_paragraph(help.exit_codes);
}

}  // namespace warpgauge

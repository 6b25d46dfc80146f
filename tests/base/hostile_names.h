// Names that no benchmark should have, and that reports must survive.
#pragma once

#include <string>

namespace warpgauge {

inline const std::string kHostileNames[] = {"a|b`c``d",
                                            "<img src=x onerror=alert(1)>",
                                            "@everyone #1 [x](http://evil)",
                                            "::error::injected",
                                            "##[error]old",
                                            "\x1b[31mred",
                                            "bidi\u202etxt",
                                            "line\nbreak\r\n::warning::x",
                                            "quote'\"&;$(rm)",
                                            std::string("nul\0byte", 8),
                                            "\xff\xfe not UTF-8",
                                            "]]><script>",
                                            "",
                                            " ",
                                            "`"};

}  // namespace warpgauge

# What `cmake --install` puts where. The programs take the project's name in front: `compare` is ImageMagick's elsewhere.
foreach(program IN ITEMS bench fuzz compare)
  if(TARGET ${program})
    install(PROGRAMS $<TARGET_FILE:${program}> DESTINATION ${CMAKE_INSTALL_BINDIR} RENAME warpgauge-${program})
  endif()
endforeach()
install(FILES README.md LICENSE DESTINATION ${CMAKE_INSTALL_DOCDIR})

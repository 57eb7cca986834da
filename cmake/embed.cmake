# embed(NAME FILE): appends to the variable `arrays` the definition of a byte array NAME with the content of FILE. What is made
# of it is written when CMake runs, and again when the file changes.
function(embed name file)
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${file})
  file(READ ${file} hex HEX)
  string(REGEX REPLACE "(..)" "0x\\1," bytes "${hex}")
  string(REGEX REPLACE "(................................................................................)" "\\1\n" bytes "${bytes}")
  set(arrays "${arrays}constexpr std::uint8_t ${name}[] = {\n${bytes}};\n" PARENT_SCOPE)
endfunction()

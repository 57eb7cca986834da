# Installs BUILD into a fresh prefix, builds SOURCE against it, and runs it.
set(folder ${BUILD}/install-test)
file(REMOVE_RECURSE ${folder})
foreach(step
    "${CMAKE_COMMAND};--install;${BUILD};--prefix;${folder}/prefix"
    "${CMAKE_COMMAND};-S;${SOURCE};-B;${folder}/build;-G;Ninja;-D;CMAKE_PREFIX_PATH=${folder}/prefix;-D;CMAKE_CXX_COMPILER=${COMPILER};-D;CMAKE_CXX_FLAGS=${FLAGS}"
    "${CMAKE_COMMAND};--build;${folder}/build"
    "${folder}/build/consumer")
  execute_process(COMMAND ${step} RESULT_VARIABLE result OUTPUT_VARIABLE output ERROR_VARIABLE output)
  if(NOT result EQUAL 0)
    message(FATAL_ERROR "${step}\n${output}")
  endif()
endforeach()
file(REMOVE_RECURSE ${folder})

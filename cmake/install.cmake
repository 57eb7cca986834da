# Libraries, public headers and the package files, so that `find_package(strongroom)` gives strongroom::<module>.
include(GNUInstallDirs)
include(CMakePackageConfigHelpers)
get_property(modules GLOBAL PROPERTY STRONGROOM_MODULES)
install(TARGETS ${modules} EXPORT strongroomTargets ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR} FILE_SET HEADERS)
set(package_folder ${CMAKE_INSTALL_LIBDIR}/cmake/strongroom)
install(EXPORT strongroomTargets NAMESPACE strongroom:: DESTINATION ${package_folder})
configure_package_config_file(cmake/strongroomConfig.cmake.in strongroomConfig.cmake INSTALL_DESTINATION ${package_folder})
write_basic_package_version_file(strongroomConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${CMAKE_CURRENT_BINARY_DIR}/strongroomConfig.cmake ${CMAKE_CURRENT_BINARY_DIR}/strongroomConfigVersion.cmake
  DESTINATION ${package_folder})

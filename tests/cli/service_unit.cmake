add_test(NAME service_unit COMMAND ${CMAKE_CURRENT_SOURCE_DIR}/service_unit_test.sh ${CMAKE_SOURCE_DIR}
                                   $<TARGET_FILE:tokprep>)
set_tests_properties(service_unit PROPERTIES LABELS cli TIMEOUT 60 SKIP_RETURN_CODE 77)

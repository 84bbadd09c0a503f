add_test(NAME layers COMMAND ${CMAKE_CURRENT_SOURCE_DIR}/layers_test.sh ${CMAKE_BINARY_DIR})
set_tests_properties(layers PROPERTIES LABELS cli TIMEOUT 60)

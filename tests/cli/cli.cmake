# The real program, as its users run it.
function(tokprep_cli_test name)
  tokprep_test(${name} cli SOURCES ${ARGN} LIBS tokprep_test_process tokprep_pipeline)
  target_compile_definitions(${name} PRIVATE TOKPREP_PROGRAM="$<TARGET_FILE:tokprep>"
                                             TOKPREP_SOURCE_DIR="${CMAKE_SOURCE_DIR}")
  add_dependencies(${name} tokprep)
endfunction()

tokprep_cli_test(cli_usage_test usage_test.cpp)
tokprep_cli_test(cli_inputs_test inputs_test.cpp bad_inputs_test.cpp)
tokprep_cli_test(cli_outputs_test outputs_test.cpp thumbnail_command_test.cpp)
target_link_libraries(cli_outputs_test PRIVATE tokprep_test_clips)
tokprep_cli_test(cli_post_test post_test.cpp photo_post_test.cpp post_refusals_test.cpp)
tokprep_cli_test(cli_stop_test stop_test.cpp)
tokprep_cli_test(cli_explain_test explain_test.cpp)
target_link_libraries(cli_explain_test PRIVATE tokprep_test_clips)
tokprep_cli_test(cli_ledger_test ledger_command_test.cpp)
tokprep_cli_test(cli_webhook_test webhook_command_test.cpp)
tokprep_cli_test(cli_secrets_test secrets_test.cpp)

# What the service's words mean, with the measured values of an item.
tokprep_test(explain_test unit
  SOURCES
    ${CMAKE_CURRENT_LIST_DIR}/explain_refusals_test.cpp
    ${CMAKE_CURRENT_LIST_DIR}/explain_test.cpp
    ${CMAKE_CURRENT_LIST_DIR}/item_evidence_test.cpp
    ${CMAKE_CURRENT_LIST_DIR}/rule_names_test.cpp
  LIBS tokprep_pipeline)
target_compile_definitions(explain_test PRIVATE TOKPREP_SOURCE_DIR="${CMAKE_SOURCE_DIR}")
tokprep_test(cli_verbs_test unit
  SOURCES
    ${CMAKE_CURRENT_LIST_DIR}/cli/service_health_test.cpp
    ${CMAKE_CURRENT_LIST_DIR}/cli/transport_settings_test.cpp
    ${CMAKE_CURRENT_LIST_DIR}/cli/verbs_test.cpp
  LIBS tokprep_cli)

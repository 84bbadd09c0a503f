tokprep_test(pipeline_test unit
  SOURCES
    ${CMAKE_CURRENT_LIST_DIR}/batch_test.cpp
    ${CMAKE_CURRENT_LIST_DIR}/core_budget_test.cpp
    ${CMAKE_CURRENT_LIST_DIR}/certificate_test.cpp
    ${CMAKE_CURRENT_LIST_DIR}/item_queue_test.cpp
    ${CMAKE_CURRENT_LIST_DIR}/machine_test.cpp
    ${CMAKE_CURRENT_LIST_DIR}/cover_test.cpp
    ${CMAKE_CURRENT_LIST_DIR}/process_test.cpp
    ${CMAKE_CURRENT_LIST_DIR}/worker_limits_test.cpp
    ${CMAKE_CURRENT_LIST_DIR}/workers_test.cpp
  LIBS tokprep_pipeline)

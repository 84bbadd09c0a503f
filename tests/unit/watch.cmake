tokprep_test(watch_unit_test unit
  SOURCES ${CMAKE_CURRENT_LIST_DIR}/watch_book_test.cpp ${CMAKE_CURRENT_LIST_DIR}/watch_changes_test.cpp
  LIBS tokprep_pipeline)

tokprep_test(publish_unit_test unit
  SOURCES clock_test.cpp ledger_test.cpp publish_test.cpp reconcile_test.cpp folder_test.cpp folder_sidecars_test.cpp too_many_test.cpp
  LIBS tokprep_publish SQLite::SQLite3)

tokprep_test(publish_unit_test unit
  SOURCES clock_test.cpp ledger_test.cpp ledger_states_test.cpp publish_test.cpp publish_caps_test.cpp publish_validate_test.cpp reconcile_test.cpp withdraw_test.cpp folder_test.cpp folder_sidecars_test.cpp too_many_test.cpp
  LIBS tokprep_publish SQLite::SQLite3)
# When posts go out.
tokprep_test(calendar_unit_test unit SOURCES calendar_test.cpp caps_test.cpp LIBS tokprep_publish)

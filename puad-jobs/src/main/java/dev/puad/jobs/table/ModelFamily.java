package dev.puad.jobs.table;

/** The versions of one method's models of one category: one of them is current. */
public record ModelFamily(String dataset, String category, String method) {}

/**
 * The configuration of a job: where its values come from, their ranges, and their canonical form.
 */
package dev.puad.jobs.config;

/** The commands: parse, check, delegate; settings, exit codes, and what a person sees of a run. */
package dev.puad.jobs.cli;

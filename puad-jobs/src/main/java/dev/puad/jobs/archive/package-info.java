/** Where images come from: folders on any Hadoop file system, listed and read. Knows no Dataset. */
package dev.puad.jobs.archive;

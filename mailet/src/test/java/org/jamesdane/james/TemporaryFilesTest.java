/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.james;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TemporaryFilesTest {
    @Test
    void shouldDeleteFilesOfDeadProcessesAlone(@TempDir Path directory) throws Exception {
        TemporaryFiles living = TemporaryFiles.in(directory);
        Path kept = living.create();
        Path dead = Files.createFile(directory.resolve("dane-mail-1234-5678.eml"));
        Path other = Files.createFile(directory.resolve("dane-mail-12345-5678.eml"));
        Path foreign = Files.createFile(directory.resolve("letter.eml"));
        Path lock = Files.createFile(directory.resolve("dane-mail-1234.lock"));

        TemporaryFiles next = TemporaryFiles.in(directory);
        assertThat(next.clear()).isEqualTo(1);

        assertThat(dead).doesNotExist();
        assertThat(lock).doesNotExist();
        assertThat(kept).exists();
        assertThat(other).as("its lock is not known").exists();
        assertThat(foreign).exists();
        assertThat(next.clear()).isZero();
        assertThat(living.create()).exists();
    }

    @Test
    void shouldLetNobodyElseReadAMail(@TempDir Path directory) throws Exception {
        Path file = TemporaryFiles.in(directory).create();

        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file))).isEqualTo("rw-------");
    }

    @Test
    void shouldLeaveFilesOfAnotherLivingProcess(@TempDir Path directory) throws Exception {
        Path source = Files.writeString(directory.resolve("Holder.java"), """
            class Holder {
                public static void main(String[] arguments) throws Exception {
                    var channel = java.nio.channels.FileChannel.open(java.nio.file.Path.of(arguments[0]),
                        java.nio.file.StandardOpenOption.WRITE);
                    channel.lock();
                    System.out.println("held");
                    System.in.read();
                }
            }
            """);
        Path lock = Files.createFile(directory.resolve("dane-mail-77.lock"));
        Path mail = Files.createFile(directory.resolve("dane-mail-77-1.eml"));
        Process holder = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(), source.toString(),
            lock.toString()).start();
        try {
            assertThat(holder.inputReader().readLine()).isEqualTo("held");
            TemporaryFiles files = TemporaryFiles.in(directory);
            assertThat(files.clear()).isZero();
            assertThat(mail).exists();

            holder.destroyForcibly().waitFor();
            assertThat(files.clear()).isEqualTo(1);
            assertThat(mail).doesNotExist();
        } finally {
            holder.destroyForcibly();
        }
    }
}

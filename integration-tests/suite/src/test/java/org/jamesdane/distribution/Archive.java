/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.distribution;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;

/** Contents of the archive of the build. */
final class Archive {
    private final Map<String, byte[]> files = new TreeMap<>();
    private final String version;

    Archive() {
        Path archive = Path.of(System.getProperty("dane.archive", ""));
        version = archive.getFileName().toString().replaceAll("^dane-james-|\\.zip$", "");
        String top = "dane-james-" + version + "/";
        try (ZipInputStream zip = new ZipInputStream(Files.newInputStream(archive))) {
            for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
                if (!entry.getName().startsWith(top)) {
                    throw new IllegalStateException(archive + " has something beside " + top + ": " + entry.getName());
                }
                if (!entry.isDirectory()) {
                    files.put(entry.getName().substring(top.length()), zip.readAllBytes());
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    String version() {
        return version;
    }

    Map<String, byte[]> files() {
        return files;
    }

    /** The content of a file that has to be there. */
    byte[] file(String name) {
        byte[] content = files.get(name);
        if (content == null) {
            throw new IllegalStateException("The archive has no " + name + " among " + files.keySet());
        }
        return content;
    }

    String text(String name) {
        return new String(file(name), UTF_8);
    }

    void unpack(Path directory) {
        try {
            for (Map.Entry<String, byte[]> file : files.entrySet()) {
                Path target = directory.resolve(file.getKey());
                Files.createDirectories(target.toAbsolutePath().getParent());
                Files.write(target, file.getValue());
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}

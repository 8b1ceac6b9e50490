/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.waiting;

import java.nio.file.Path;

/**
 * Paths of stored mail below one directory.
 *
 * @param root the directory
 */
record Places(Path root) {
    /** Directories that hold the mails, named by two hexadecimal digits. */
    static final int DIRECTORIES = 256;

    Path directory(long id) {
        return root.resolve(Slip.directory(id));
    }

    Path mail(long id) {
        return directory(id).resolve(Slip.mailName(id));
    }

    Path path(Slip slip) {
        return directory(slip.id()).resolve(slip.fileName());
    }
}

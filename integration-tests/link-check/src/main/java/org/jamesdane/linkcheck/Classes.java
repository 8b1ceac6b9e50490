/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */

package org.jamesdane.linkcheck;

import java.util.List;
import java.util.Optional;

/**
 * A place where classes are found by their internal names.
 */
@FunctionalInterface
interface Classes {
    Optional<ClassModel> find(String name);

    /** The first place that has the class decides, as on a class path. */
    static Classes firstOf(List<Classes> places) {
        return name -> places.stream().map(place -> place.find(name)).flatMap(Optional::stream).findFirst();
    }
}

/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */

package org.jamesdane.testing.james;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;

/** DNS libraries that a James with our extension may have loaded: James its own, and the extension the one it was packaged with. */
public final class DnsLibraries {
    private static final String ORIGINAL_PACKAGE = "org.xbill.DNS.";
    private static final String RELOCATED_PACKAGE = "org.jamesdane.shaded." + ORIGINAL_PACKAGE;
    private static final String JAMES_OWN_JAR = "dnsjava-3.5.2.jar";

    private DnsLibraries() {
    }

    /** Fails if any class of either library came from the wrong jar, or if one library was not used. */
    public static void assertExtensionsCopyBesideJamesOwn(List<LoadedClass> classes) {
        String extension = JamesInstallation.extensionOfBuild().getFileName().toString();
        List<LoadedClass> jamesOwn = classes.stream().filter(loaded -> loaded.name().startsWith(ORIGINAL_PACKAGE)).toList();
        List<LoadedClass> extensions = classes.stream().filter(loaded -> loaded.name().startsWith(RELOCATED_PACKAGE)).toList();

        assertThat(extensions).as("classes of the extension's copy").isNotEmpty()
            .allMatch(loaded -> loaded.isFrom(extension) || isSynthetic(loaded));
        assertThat(jamesOwn).as("classes of James's own copy").isNotEmpty()
            .allMatch(loaded -> loaded.isFrom(JAMES_OWN_JAR) || isSynthetic(loaded));
        assertThat(classes).as("classes out of the extension's jar").filteredOn(loaded -> loaded.isFrom(extension))
            .allMatch(loaded -> loaded.name().startsWith("org.jamesdane."));
    }

    /** Lambdas and hidden classes come from the class that defines them, not from a jar. */
    private static boolean isSynthetic(LoadedClass loaded) {
        return loaded.name().contains("$$Lambda") || loaded.name().contains("/0x");
    }
}

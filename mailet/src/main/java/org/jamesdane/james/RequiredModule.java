/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.james;

import javax.inject.Inject;

/**
 * A witness that James has loaded the extension's module. Guice uses the constructor only where {@link DaneModule} has bound no instance.
 * The error then names the missing line instead of a class that could not be found.
 */
@SuppressWarnings("checkstyle:HideUtilityClassConstructor") // Guice calls the constructor; that is the point.
public final class RequiredModule {
    /** The witness of the module itself. */
    static final RequiredModule LOADED = new RequiredModule(DaneModule.class.getName());

    private final String name;

    @Inject
    RequiredModule() {
        throw new ConfigurationError("extensions.properties: guice.extension.module does not name " + DaneModule.class.getName()
            + "; add that line, or the name to your list after a comma, and see that it does not stand within a comment.");
    }

    private RequiredModule(String name) {
        this.name = name;
    }

    @Override
    public String toString() {
        return name;
    }
}

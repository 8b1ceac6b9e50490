/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */

package org.jamesdane.linkcheck;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.module.ModuleDescriptor;
import java.lang.module.ModuleFinder;
import java.lang.module.ModuleReader;
import java.lang.module.ModuleReference;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The classes of the JDK that runs this, as far as code on the class path may use them: those in packages exported to everyone.
 */
final class JdkClasses implements Classes {
    private final Map<String, ModuleReference> packages = new HashMap<>();
    private final Map<String, Optional<ClassModel>> models = new ConcurrentHashMap<>();

    JdkClasses() {
        for (ModuleReference module : ModuleFinder.ofSystem().findAll()) {
            for (ModuleDescriptor.Exports exports : module.descriptor().exports()) {
                if (!exports.isQualified()) {
                    packages.put(exports.source().replace('.', '/'), module);
                }
            }
        }
    }

    @Override
    public Optional<ClassModel> find(String name) {
        return Optional.ofNullable(packages.get(ClassModel.packageOf(name)))
            .flatMap(module -> models.computeIfAbsent(name, missing -> read(module, missing)));
    }

    private static Optional<ClassModel> read(ModuleReference module, String name) {
        try (ModuleReader reader = module.open()) {
            Optional<InputStream> found = reader.open(name + ".class");
            if (found.isEmpty()) {
                return Optional.empty();
            }
            try (InputStream in = found.get()) {
                return Optional.of(ClassModel.of(in.readAllBytes()));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}

/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.james;

import com.google.inject.AbstractModule;
import com.google.inject.Provider;
import com.google.inject.Scopes;
import org.jamesdane.delivery.deferral.DeferredImport;
import org.jamesdane.delivery.deferral.DeferredMails;

/**
 * Module that {@code extensions.properties} names as {@code guice.extension.module}: one engine for all mailets of the process.
 *
 * <p>James makes it in a child injector, in which nothing of James's own can be replaced.
 */
public final class DaneModule extends AbstractModule {
    @Override
    protected void configure() {
        JamesVersionCheck.mismatch().ifPresentOrElse(this::addError, this::bindAll);
    }

    private void bindAll() {
        bind(RequiredModule.class).toInstance(RequiredModule.LOADED);
        bind(DaneEngine.class).in(Scopes.SINGLETON);
        Provider<DaneEngine> engine = getProvider(DaneEngine.class);
        bind(DeferredMails.class).toProvider(() -> engine.get().deferredMails());
        bind(DeferredImport.class).toProvider(() -> engine.get().deferredImport());
    }
}

/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.webadmin;

import com.google.inject.AbstractModule;
import com.google.inject.Scopes;
import com.google.inject.multibindings.Multibinder;

/** Names the groups of operations; installed below the extension's module, whose engine the groups use. */
public final class WebadminModule extends AbstractModule {
    @Override
    protected void configure() {
        Multibinder<RouteGroup> groups = Multibinder.newSetBinder(binder(), RouteGroup.class);
        groups.addBinding().to(DomainRoutes.class).in(Scopes.SINGLETON);
        groups.addBinding().to(PolicyRoutes.class);
        groups.addBinding().to(NegativeTrustAnchorRoutes.class);
        groups.addBinding().to(StatisticsRoutes.class);
        groups.addBinding().to(DeferredRoutes.class);
        groups.addBinding().to(StoreRoutes.class);
        groups.addBinding().to(CacheRoutes.class);
        groups.addBinding().to(EventRoutes.class);
        groups.addBinding().to(DeliveryRoutes.class);
        groups.addBinding().to(StsRoutes.class).in(Scopes.SINGLETON);
        groups.addBinding().to(StsExceptionRoutes.class);
    }
}

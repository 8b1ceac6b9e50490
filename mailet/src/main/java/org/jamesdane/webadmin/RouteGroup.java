/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.webadmin;

import java.util.List;

/** Some of the operations under {@code /dane} that belong together. Bound in the module's set of groups, which makes them available. */
public interface RouteGroup {
    /** Operations that the group offers; the same on every call. */
    List<Endpoint> endpoints();
}

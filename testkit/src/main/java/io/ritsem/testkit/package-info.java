/** What an application's tests use. */
@NullMarked
package io.ritsem.testkit;

import org.jspecify.annotations.NullMarked;

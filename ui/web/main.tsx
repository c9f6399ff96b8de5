import { render } from "preact";
render("leakwatch", document.body);
